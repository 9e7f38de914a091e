"""*Manajemen Instansi*: created, changed, moved, removed; reports go where authority goes."""

from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from shared.database.engine import Database
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import UrlOf
from tests.routing.country import Country
from tests.routing.panel import signed_in
from workflows.connected_agencies import Connecting
from workflows.handovers import HandingOver

COORDINATOR, PUSAT = "koordinator.jabar", "admin.pusat"


@pytest.fixture
async def worker(module_database: UrlOf) -> Any:
    database = Database(module_database("lapor_worker"), pool_size=5)
    yield database
    await database.dispose()


@pytest.fixture
async def gateway(
    worker: Database, temporal_address: str, temporal_namespace: str
) -> ReportGateway:
    client = await Client.connect(
        temporal_address, namespace=temporal_namespace, data_converter=pydantic_data_converter
    )
    return ReportGateway(client, worker)


async def call(
    country: Country, who: str, method: str, path: str, body: Any = None
) -> httpx.Response:
    header = country.header(who)
    return await country.http.request(method, f"/management{path}", json=body, headers=header)


async def create(
    country: Country, code: str, parent: str = "kab-bandung", /, **changes: Any
) -> int:
    form = {
        "code": code,
        "name": f"Dinas {code}",
        "kind": "unit",
        "parent_id": country.agencies[parent],
        "zone": "WIB",
    } | changes
    answer = await call(country, COORDINATOR, "POST", "/agencies", form)
    assert answer.status_code == 201, answer.text
    country.agencies[code] = answer.json()["id"]
    return country.agencies[code]


async def person(country: Country, username: str, agency: str, role: str) -> int:
    form = {
        "username": username,
        "name": username,
        "role": role,
        "agency_id": country.agencies[agency],
    }
    answer = await call(country, COORDINATOR, "POST", "/staff", form)
    assert answer.status_code == 201, answer.text
    await country.learn()
    return int(answer.json()["person"]["id"])


async def test_a_new_agency_stands_below_and_connects_with_its_first_admin(
    country: Country, gateway: ReportGateway, worker: Database
) -> None:
    new_id = await create(country, "dinas-baru")
    seen = (await call(country, COORDINATOR, "GET", f"/agencies/{new_id}")).json()
    assert [agency["code"] for agency in seen["ancestors"]] == ["pusat", "jabar", "kab-bandung"]
    assert (seen["connected"], seen["people"], seen["units"]) == (False, [], [])
    number = await country.report("kab-bandung")
    form = {"kind": "agency_not_connected", "awaited_agency_id": new_id, "note": "Belum ada admin."}
    await country.done("admin.kab.bandung", number, "defer", form)
    connecting = Connecting(worker, gateway)
    await connecting.once()
    assert await country.status(number) == "AGENCY_NOT_CONNECTED"

    await person(country, "admin.dinas.baru", "dinas-baru", "agency_admin")
    seen = (await call(country, COORDINATOR, "GET", f"/agencies/{new_id}")).json()
    assert seen["connected"]
    assert [person["role_label"] for person in seen["people"]] == ["Admin Instansi"]
    await connecting.once()
    assert await country.status(number) == "UNVERIFIED"


@pytest.mark.parametrize(
    ("who", "parent", "changes", "code"),
    [
        ("admin.jabar", "jabar", {}, "forbidden"),
        (COORDINATOR, "kemensos", {}, "agency_out_of_reach"),
        (COORDINATOR, "pusat", {}, "agency_out_of_reach"),
        (COORDINATOR, "jabar", {"code": "kab-bandung"}, "agency_code_taken"),
        (COORDINATOR, "jabar", {"code": "Dinas Baru"}, "string_pattern_mismatch"),
        (COORDINATOR, "jabar", {"kind": "central"}, "literal_error"),
        (COORDINATOR, "jabar", {"zone": "UTC"}, "enum"),
    ],
)
async def test_what_cannot_be_created(
    country: Country, who: str, parent: str, changes: dict[str, Any], code: str
) -> None:
    form = {"code": "dinas-lain", "name": "Dinas Lain", "kind": "unit", "zone": "WIB"}
    form |= {"parent_id": country.agencies[parent]} | changes
    body = (await call(country, who, "POST", "/agencies", form)).json()
    assert code in {body["code"], *(e["code"] for e in body.get("errors", ()))}


async def test_authority_over_reports_follows_an_agency_that_moves(country: Country) -> None:
    await create(country, "dinas-pindah")
    below = await create(country, "bidang-pindah", "dinas-pindah")
    await person(country, "petugas.pindah", "bidang-pindah", "agency_admin")
    number = await country.verified(unit="bidang-pindah")
    assert (await country.get("admin.kota.bandung", f"/reports/{number}")).status_code == 404

    change = {"parent_id": country.agencies["kota-bandung"]}
    moved = await call(
        country, COORDINATOR, "PATCH", f"/agencies/{country.agencies['dinas-pindah']}", change
    )
    assert moved.status_code == 200, moved.text
    path = await country.one("SELECT path FROM routing.agency WHERE id = :id", id=below)
    codes = ["pusat", "jabar", "kota-bandung", "dinas-pindah", "bidang-pindah"]
    assert path == [country.agencies[code] for code in codes]
    assert (await country.get("admin.kota.bandung", f"/reports/{number}")).status_code == 200
    assert (await country.get("admin.kab.bandung", f"/reports/{number}")).status_code == 404
    await country.done("admin.kota.bandung", number, "amend", {"priority": True})
    log = (await call(country, COORDINATOR, "GET", "/log")).json()["items"]
    assert log[0]["details"]["parent_id"] == [
        country.agencies["kab-bandung"],
        country.agencies["kota-bandung"],
    ]


async def test_what_may_not_move_or_change(country: Country) -> None:
    jabar, kab = country.agencies["jabar"], country.agencies["kab-bandung"]
    own = await call(country, COORDINATOR, "PATCH", f"/agencies/{jabar}", {"name": "Jabar"})
    assert own.json()["code"] == "own_agency"
    beside = f"/agencies/{country.agencies['kemensos']}"
    assert (await call(country, COORDINATOR, "PATCH", beside, {"name": "K"})).status_code == 404
    unit = country.agencies["pupr-kab-bandung"]
    loop = await call(country, COORDINATOR, "PATCH", f"/agencies/{kab}", {"parent_id": unit})
    assert loop.json()["errors"][0]["code"] == "parent_below_itself"
    root = f"/agencies/{country.agencies['pusat']}"
    stays = await call(country, PUSAT, "PATCH", root, {"parent_id": jabar})
    assert stays.status_code in {409, 422}
    await country.report("kab-bandung")
    zone = await call(country, COORDINATOR, "PATCH", f"/agencies/{kab}", {"zone": "WIT"})
    assert zone.json()["code"] == "agency_zone_in_use"


async def test_an_agency_with_nothing_under_way_is_removed_and_its_people_with_it(
    country: Country,
) -> None:
    gone = await create(country, "dinas-kosong")
    staff_id = await person(country, "petugas.kosong", "dinas-kosong", "liaison_officer")
    removed = await call(country, COORDINATOR, "DELETE", f"/agencies/{gone}")
    assert removed.status_code == 200, removed.text
    assert removed.json() == {"agency_id": gone, "people_removed": 1, "handover": None}
    query = "SELECT active FROM routing.staff WHERE id = :id"
    assert await country.one(query, id=staff_id) is False
    assert "dinas-kosong" not in [
        agency["code"]
        for agency in (await country.get(COORDINATOR, "/agencies", q="kosong")).json()["items"]
    ]
    parent = country.agencies["kab-bandung"]
    units = await call(country, COORDINATOR, "DELETE", f"/agencies/{parent}")
    assert units.json()["code"] == "agency_has_units"


async def test_a_successor_takes_over_what_is_under_way(
    country: Country, gateway: ReportGateway, worker: Database
) -> None:
    gone = await create(country, "dinas-lama")
    await person(country, "petugas.lama", "dinas-lama", "liaison_officer")
    number = await country.verified(unit="dinas-lama")
    alone = await call(country, COORDINATOR, "DELETE", f"/agencies/{gone}")
    assert alone.json()["code"] == "agency_in_use"
    successor = country.agencies["dinkes-kab-bandung"]
    removed = await call(
        country, COORDINATOR, "DELETE", f"/agencies/{gone}?successor_id={successor}"
    )
    assert removed.status_code == 200, removed.text
    handover = removed.json()["handover"]
    assert (handover["total"], handover["handed"], handover["finished_at"]) == (1, 0, None)

    handing_over = HandingOver(worker, gateway)
    await handing_over.once()
    assert await country.chain(number) == ["kab-bandung", "dinkes-kab-bandung"]
    await handing_over.once()
    progress = await call(country, COORDINATOR, "GET", f"/handovers/{handover['id']}")
    assert progress.json()["handed"] == 1
    assert progress.json()["finished_at"] is not None
    seen = await country.seen("petugas.dinkes.kab.bandung", number)
    line = next(entry for entry in seen["history"] if entry["action"] == "succeed")
    assert line["label"] == "Alih Instansi"


async def test_open_reports_of_a_unit_and_of_an_officer_are_handed_over(
    country: Country, gateway: ReportGateway, worker: Database
) -> None:
    await create(country, "unit-a")
    await create(country, "unit-b")
    await person(country, "admin.unit.b", "unit-b", "agency_admin")
    giver = await person(country, "petugas.a", "unit-a", "liaison_officer")
    taker = await person(country, "petugas.b", "unit-a", "liaison_officer")
    number = await country.verified(unit="unit-a")
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :id WHERE number = :n", id=giver, n=number
    )
    seen = (await call(country, COORDINATOR, "GET", f"/staff/{giver}")).json()
    assert seen["assigned"] == 1
    handing_over = HandingOver(worker, gateway)
    form = {"kind": "assignments", "from_id": giver, "to_id": taker}
    asked = await call(country, COORDINATOR, "POST", "/handovers", form)
    assert asked.status_code == 202, asked.text
    await handing_over.once()
    query = "SELECT assignee_id FROM lifecycle.report WHERE number = :n"
    assert await country.one(query, n=number) == taker

    form = {
        "kind": "reports",
        "from_id": country.agencies["unit-a"],
        "to_id": country.agencies["unit-b"],
    }
    asked = await call(country, COORDINATOR, "POST", "/handovers", form)
    assert asked.json()["total"] == 1, asked.text
    await handing_over.once()
    assert await country.chain(number) == ["kab-bandung", "unit-b"]

    beyond = form | {"to_id": country.agencies["kemensos"]}
    refused = await call(country, COORDINATOR, "POST", "/handovers", beyond)
    assert refused.status_code == 422


async def test_people_read_agencies_by_their_names_alone(country: Country) -> None:
    async with signed_in(country, "koordinator.kab.bandung") as panel:
        await panel.opens("/panel/instansi?q=kesehatan")
        assert "Dinas Kesehatan Kabupaten Bandung" in panel.reads
        assert "dinkes-kab-bandung" not in panel.reads
        await panel.opens(f"/panel/instansi/{country.agencies['dinkes-kab-bandung']}")
        assert "dinkes-kab-bandung" in panel.reads, "who fills in a spreadsheet needs it"
