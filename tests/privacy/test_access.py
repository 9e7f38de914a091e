"""Everybody tries everything: role by endpoint, own agency, above, below and beside."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.partners.register import add as add_partner
from shared.http.tokens import ReportBearer, Reporter
from tests.privacy import expectations
from tests.privacy.expectations import EVERYBODY, Case
from tests.privacy.managing import MANAGING_CASES
from tests.sample_pdf import PDF
from tests.trouble import town as places
from tests.trouble.people import FOLLOW_UP, REASON, VERIFICATION, People, somewhere
from tests.trouble.town import Town
from tests.workflows.factory import DINAS, MISSION

SERVICES = ("intake", "routing", "followup", "reporting")
CASES = expectations.CASES | MANAGING_CASES
METHODS = {"get", "post", "put", "patch", "delete"}
WHO = {
    "pusat": places.PUSAT,
    "pusat_officer": places.PUSAT_OFFICER,
    "above": places.ABOVE,
    "own_admin": places.ADMIN,
    "own_officer": places.OFFICER,
    "below_admin": places.BELOW_ADMIN,
    "below_officer": places.BELOW,
    "beside": places.BESIDE,
    "coordinator": places.ABOVE_TOO,
    "coordinator_below": places.COORDINATOR_BELOW,
    "coordinator_beside": places.COORDINATOR_BESIDE,
}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_endpoint_has_its_expectation(town: Town, service: str) -> None:
    document = (await town.http.get(town.address(service) + "/openapi.json")).json()
    there = {
        f"{service} {method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations.keys() & METHODS
    }
    assert there == {name for name in CASES if name.startswith(f"{service} ")}


@pytest.mark.parametrize("name", CASES)
async def test_who_is_let_through(town: Town, partner: dict[str, str], name: str) -> None:
    case = CASES[name]
    scene = await Scenes(town).set(case.state)
    # Those who are refused first: they change nothing.
    for who in sorted(EVERYBODY, key=lambda one: one not in case.refused):
        answer = await _ask(town, name, case, scene, _headers(town, who, scene, partner))
        wanted = case.refused.get(who)
        if wanted is not None:
            assert answer == wanted, who
        else:
            assert answer not in (401, 403, 404), who
            assert answer < 500, who


@pytest.fixture(scope="session")
async def partner(town: Town) -> dict[str, str]:
    """Another system, that brought none of the reports."""
    nats = town.folder / "nats"
    known = await add_partner(town.owner, town.settings.nats_url, nats, "Mitra Lain")
    return {"Authorization": f"Bearer {known.http_token}"}


Scene = dict[str, Any]

# Ids far from those that the sequences give.
_NEW_PERSON = """
INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,
    token_version)
SELECT n, 'baru' || n, 'Budi Baru', 'liaison_officer', %(agency)s, '', true, 1
FROM (SELECT greatest(max(id), 5000) + 1 AS n FROM routing.staff) s RETURNING id
"""
_NEW_AGENCY = """
INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)
SELECT n, 'B' || n, 'Seksi ' || n, 'unit', %(agency)s, p.path || n, 'WIB', true
FROM routing.agency p, (SELECT greatest(max(id), 5000) + 1 AS n FROM routing.agency) s
WHERE p.id = %(agency)s RETURNING id
"""


class Scenes:
    """Reports handled by the dinas, in the state that an endpoint needs."""

    def __init__(self, town: Town) -> None:
        self.people = People(town)
        self.town = town

    async def set(self, state: str) -> Scene:
        """The values for the path: numbers and ids."""
        scene: Scene = {
            "agency_id": MISSION,
            "year": 2031,
            "id": uuid4(),
            "external_id": "tidak-ada",
            "code": "32",
            "reason": "too_general",
            "format": "json",
            "service_code": "tidak-ada",
            "delivery": uuid4(),
            **dict.fromkeys(("handover_id", "import_id"), uuid4()),
            **dict.fromkeys(("category_id", "tag_id", "programme_id"), 999_999),
        }
        if state != "none":
            scene |= await getattr(self, f"_{state}")()
        return scene

    async def _unverified(self, **changes: Any) -> Scene:
        number = await self.people.submit(**changes)
        await self._routing(number, "throw", places.ABOVE, {"agency_id": DINAS})
        return {"number": number}

    async def _verified(self, **changes: Any) -> Scene:
        number = await self.people.submit(**changes)
        await self._routing(number, "verify", places.ABOVE, VERIFICATION)
        return {"number": number}

    async def _secret(self) -> Scene:
        scene = await self._verified(secret=True)
        return scene | {"service_request_id": scene["number"], "token": scene["number"]}

    async def _person(self) -> Scene:
        """Somebody new at the dinas."""
        return {"staff_id": self._insert(_NEW_PERSON, DINAS)}

    async def _agency(self) -> Scene:
        """A new agency below the dinas, with nobody in it."""
        return {"agency_id": self._insert(_NEW_AGENCY, DINAS)}

    async def _anonymous(self) -> Scene:
        return await self._verified(anonymous=True)

    async def _archived(self) -> Scene:
        scene = await self._unverified()
        body = {"category": "incomplete", "note": "Tidak lengkap."}
        await self._routing(scene["number"], "archive", places.ADMIN, body)
        return scene

    async def _questioned(self) -> Scene:
        scene = await self._unverified()
        body = {"kind": "incomplete_data", "note": "Di mana?"}
        await self._routing(scene["number"], "defer", places.ADMIN, body)
        return scene

    async def _in_process(self) -> Scene:
        return {"number": await self.people.in_process()}

    async def _held(self) -> Scene:
        scene = await self._in_process()
        await self.people.does("followup", scene["number"], "hold", places.ABOVE, REASON)
        return scene

    async def _closed(self) -> Scene:
        scene = await self._in_process()
        await self.people.close(scene["number"])
        return scene

    async def _asked(self) -> Scene:
        scene = await self._in_process()
        body = {"kind": "close", **REASON}
        asked = await self.people.does(
            "followup", scene["number"], "requests", places.OFFICER, body
        )
        return scene | dict.fromkeys(("request_id", "command_id"), asked.json()["command_id"])

    async def _not_authority(self) -> Scene:
        scene = await self._verified()
        body = {"suggested_agency_id": MISSION, "reason": "Bukan wewenang."}
        asked = await self._routing(scene["number"], "not-authority", places.OFFICER, body)
        return scene | {"request_id": asked.json()["command_id"]}

    async def _attached(self) -> Scene:
        """A file that its verifier has not released."""
        report = {
            "classification": "complaint",
            "title": "Jalan",
            "body": "Rusak.",
            "addressee": "A10",
            "reporter": {"name": "Warga", "phone": "+6281234567890"},
        }
        answer = await self.town.http.post(
            self.town.address("intake") + "/reports/with-attachments",
            data={"report": json.dumps(report)},
            files=[("attachments", ("surat.pdf", PDF))],
            headers=somewhere(),
        )
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        await self._routing(number, "verify", places.ABOVE, VERIFICATION)
        query = "SELECT id FROM intake.attachment WHERE number = :n"
        return {"number": number, "attachment_id": await self.town.value(query, n=number)}

    async def _answered(self) -> Scene:
        """A file that came with a secret follow-up."""
        scene = await self._verified()
        answer = await self.town.http.post(
            self.town.address("followup")
            + f"/reports/{scene['number']}/follow-ups/with-attachments",
            data={"message": json.dumps(FOLLOW_UP | {"secret": True})},
            files=[("attachments", ("berita.pdf", PDF))],
            headers=self.town.staff(places.OFFICER),
        )
        assert answer.status_code == 200, answer.text
        query = "SELECT command_id, id FROM followup.attachment WHERE number = :n"
        [row] = await self.town.rows(query, n=scene["number"])
        return scene | {"command_id": row.command_id, "attachment_id": row.id}

    def _insert(self, statement: str, agency_id: int) -> int:
        with self.town.postgres.administer("lapor") as administrator:
            row = administrator.execute(statement.encode(), {"agency": agency_id}).fetchone()
        assert row is not None
        return int(row[0])

    async def _routing(
        self, number: int, what: str, who: places.Who, body: dict[str, Any]
    ) -> httpx.Response:
        return await self.people.does("routing", number, what, who, body)


async def _ask(town: Town, name: str, case: Case, scene: Scene, headers: dict[str, str]) -> int:
    """The status alone: a stream of events has no end."""
    service, method, path = name.split(" ", 2)
    content: dict[str, Any] = {}
    if case.part is not None:
        content = {
            "data": {case.part: json.dumps(case.body)},
            "files": [("attachments", ("surat.pdf", PDF))],
        }
    elif case.body is not None:
        content = {"json": case.body}
    address = town.address(service) + path.format_map(scene)
    async with town.http.stream(
        method, address, params=case.query, headers=headers, **content
    ) as answer:
        return answer.status_code


def _headers(town: Town, who: str, scene: Scene, partner: dict[str, str]) -> dict[str, str]:
    match who:
        case "nobody":
            return {}
        case "partner":
            return partner
        case "account":
            return {"Authorization": f"Bearer {town.tokens.issue(Reporter(account_id=987))}"}
        case "reporter":
            return town.reporter(scene.get("number", 1))
        case "another":
            return {"Authorization": f"Bearer {town.tokens.issue(ReportBearer(number=2))}"}
    return town.staff(WHO[who])
