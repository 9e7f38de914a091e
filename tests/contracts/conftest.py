"""One cluster whose services are called as their OpenAPI documents say, rightly and wrongly."""

from collections.abc import AsyncIterator

import pytest

from deploy.partners.register import add as add_partner
from tests import cluster as places
from tests.chaos.people import REASON, People
from tests.cluster import Cluster
from tests.contracts.calling import Headers, Known
from tests.workflows.country import BIDANG, DINAS, MISSION, PROVINCE

PROCESSES = (
    *("intake", "routing", "followup", "reporting", "notification"),
    *("downloads", "worker", "relay"),
)


@pytest.fixture(scope="package")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("contracts"))
    try:
        await cluster.settle(PROCESSES)
        yield cluster
    finally:
        await cluster.close()


@pytest.fixture(scope="package")
async def known(cluster: Cluster) -> Known:
    """Reports in every tab, and the ids that go with them: what a form would be filled with."""
    people = People(cluster)
    unverified = await people.submit()
    verified = await people.submit(anonymous=True)
    await people.verify(verified)
    in_process = await people.in_process()
    asked = await people.in_process()
    body = {"kind": "close", **REASON}
    request = await people.does("followup", asked, "requests", places.OFFICER, body)
    closed = await people.in_process()
    await people.close(closed)
    archived = await people.submit(secret=True)
    filed = {"category": "incomplete", "note": "Tidak lengkap."}
    await people.does("routing", archived, "archive", places.ABOVE, filed)
    numbers = (unverified, verified, in_process, asked, closed, archived)
    agencies = (PROVINCE, DINAS, BIDANG, MISSION)
    command = str(request.json()["command_id"])
    return {
        "number": numbers,
        "service_request_id": numbers,
        "agency_id": agencies,
        "suggested_agency_id": agencies,
        "awaited_agency_id": agencies,
        "addressee": (f"A{PROVINCE}", f"A{MISSION}"),
        "category_id": (1,),
        "category": ("jalan",),
        "service_code": ("jalan",),
        "region_code": ("32.73", "32"),
        "request_id": (command,),
        "command_id": (command,),
        "assignee_id": (places.OFFICER[0],),
        "year": (2026, 2031),
        "format": ("json",),
        # What is made up is mostly not to be seen, and refused for that.
        "text": ("Lubang sudah ditambal.",),
        "reason": ("Sudah selesai.",),
        "note": ("Mohon dicek.",),
    }


@pytest.fixture(scope="package")
async def principals(cluster: Cluster, known: Known) -> dict[str, Headers]:
    """Who calls, and with which headers."""
    partner = await add_partner(cluster.owner, cluster.settings, "Mitra Uji")
    return {
        "nobody": {},
        "pusat": cluster.staff(places.PUSAT),
        "admin": cluster.staff(places.ABOVE),
        "officer": cluster.staff(places.OFFICER),
        "reporter": cluster.reporter(int(known["number"][2])),
        "partner": {"Authorization": f"Bearer {partner.http_token}"},
    }
