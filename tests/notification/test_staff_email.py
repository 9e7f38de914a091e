"""Staff have an e-mail address: links come to it, and by one of them it is proven."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.notification.app import make_app
from services.notification.sending import sender as sending
from services.routing.app import make_app as make_routing
from shared.http.tokens import Staff, Tokens
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import until
from tests.notification.providers import MailServer

PUSAT = Staff(id=10, role="central_admin", agency_id=1, agency_path=(1,))
ADDRESS = "dewi@binamarga.example"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.1)


class Services:
    """Routing and notification over one database, called as somebody."""

    def __init__(
        self, settings: Settings, routing: httpx.AsyncClient, notification: httpx.AsyncClient
    ) -> None:
        self._tokens = Tokens.of(settings)
        self.routing, self.notification = routing, notification

    def header(self, staff: Staff) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens.issue(staff)}"}

    async def manage(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.routing.request(
            method, f"/management/staff{path}", json=body, headers=self.header(PUSAT)
        )

    async def prove(self, staff: Staff, token: str) -> httpx.Response:
        return await self.notification.post(
            "/me/email/proof", json={"token": token}, headers=self.header(staff)
        )


@asynccontextmanager
async def calling(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://lapor") as client:
            yield client


@pytest.fixture
async def services(
    settings: Settings, fresh_database: Any, mail_server: MailServer, bus: object
) -> AsyncIterator[Services]:
    at_routing = settings.model_copy(update={"database_url": fresh_database("lapor_routing")})
    async with (
        mail_server.there(),
        calling(make_routing(at_routing)) as routing,
        calling(make_app(settings)) as notification,
    ):
        yield Services(settings, routing, notification)


NEW = {"username": "dewi", "name": "Dewi Lestari", "role": "liaison_officer", "agency_id": 3}


def member(staff_id: int, version: int = 1) -> Staff:
    """An officer of the unit, whose sessions ended as often as they chose a password."""
    return Staff(
        id=staff_id,
        role="liaison_officer",
        agency_id=3,
        agency_path=(1, 2, 3),
        token_version=version,
    )


async def link_in(mail_server: MailServer, count: int) -> str:
    """The link in the last mail, once so many have come."""

    async def came() -> bool:
        return len(mail_server.got) >= count

    await until(came)
    body = mail_server.got[-1].get_body(("plain",))
    assert body is not None
    address = re.search(r"http://lapor\.test/\S+", body.get_content())
    assert address, body.get_content()
    return address.group()


async def test_somebody_new_is_mailed_a_link_and_proves_the_address_by_another(
    services: Services, mail_server: MailServer, country: Country
) -> None:
    made = (await services.manage("POST", "", NEW | {"email": " Dewi@BinaMarga.example "})).json()
    assert made["mailed"] is True
    assert (made["person"]["email"], made["person"]["email_state"]) == (ADDRESS, "unproven")
    assert await link_in(mail_server, 1) == made["link"]["url"]
    assert mail_server.got[0]["To"] == ADDRESS
    assert "Dewi" not in mail_server.got[0].as_string().replace(ADDRESS, "")

    token = made["link"]["url"].split("kunci=")[1]
    chosen = {"token": token, "password": "kunci rumah 17"}
    assert (await services.routing.post("/password/by-link", json=chosen)).status_code == 204
    proof = await link_in(mail_server, 2)
    assert proof.startswith("http://lapor.test/panel/surel?kunci=")
    proof_token = proof.split("kunci=")[1]
    version = country.one("SELECT token_version FROM routing.staff WHERE username = 'dewi'")
    dewi = member(made["person"]["id"], version)

    # A mail that went to somebody else proves nothing.
    stranger = Staff(id=12, role="liaison_officer", agency_id=3, agency_path=(1, 2, 3))
    assert (await services.prove(stranger, proof_token)).status_code == 422
    later = f"{int(proof_token.split('.')[0]) + 1}.{proof_token.split('.')[1]}"
    assert (await services.prove(dewi, later)).status_code == 422
    answer = await services.prove(dewi, proof_token)
    assert (answer.status_code, answer.json()["state"]) == (200, "proven")
    assert answer.json()["shown"] == "d•••@binamarga.example"
    # Neither the address nor a link lies anywhere.
    for table in ("notification.message", "notification.contact", "routing.staff_contact"):
        stored = country.everything_in(table)
        assert ADDRESS not in stored and token not in stored
    assert ADDRESS not in country.everything_in("routing.management_log")


async def test_a_new_link_goes_to_a_proven_address_alone(
    services: Services, mail_server: MailServer, country: Country
) -> None:
    made = (await services.manage("POST", "", NEW | {"email": ADDRESS})).json()
    staff_id = made["person"]["id"]
    await link_in(mail_server, 1)
    made = (await services.manage("POST", f"/{staff_id}/password-link")).json()
    assert made["mailed"] is True  # no password was ever chosen
    await link_in(mail_server, 2)
    first = {"token": made["link"]["url"].split("kunci=")[1], "password": "kunci rumah 17"}
    await services.routing.post("/password/by-link", json=first)
    proof = await link_in(mail_server, 3)
    for _ in range(2):  # the second time there is none any more
        reset = (await services.manage("POST", f"/{staff_id}/password-link")).json()
        assert reset["mailed"] is False
    again = {"token": reset["link"]["url"].split("kunci=")[1], "password": "sepeda biru 9"}
    await services.routing.post("/password/by-link", json=again)
    await link_in(mail_server, 4)
    version = country.one("SELECT token_version FROM routing.staff WHERE id = %s", staff_id)
    dewi = member(staff_id, version)
    assert (await services.prove(dewi, proof.split("kunci=")[1])).status_code == 200
    reset = (await services.manage("POST", f"/{staff_id}/password-link")).json()
    assert reset["mailed"] is True
    assert await link_in(mail_server, 5) == reset["link"]["url"]


async def test_whoever_may_not_manage_a_person_does_not_read_the_address(
    services: Services, country: Country
) -> None:
    made = (await services.manage("POST", "", NEW | {"email": ADDRESS})).json()
    of_pusat = "UPDATE routing.staff SET role = %s, agency_id = 1 WHERE id = %s"
    country.all(of_pusat, "central_admin", made["person"]["id"])
    country.all(of_pusat, "coordinating_admin", 12)
    coordinator = Staff(id=12, role="coordinating_admin", agency_id=1, agency_path=(1,))
    person = f"/management/staff/{made['person']['id']}"
    for reader, address in ((PUSAT, ADDRESS), (coordinator, "")):
        by = services.header(reader)
        assert (await services.routing.get(person, headers=by)).json()["email"] == address
        listed = await services.routing.get("/management/staff?q=Dewi", headers=by)
        assert [each["email"] for each in listed.json()["items"]] == [address]


async def test_another_address_has_to_be_proven_anew_and_none_is_told_nothing(
    services: Services, mail_server: MailServer, country: Country
) -> None:
    changed = await services.manage("PATCH", "/12", {"email": ADDRESS})
    assert changed.json()["email_state"] == "unproven"
    officer = Staff(id=12, role="liaison_officer", agency_id=3, agency_path=(1, 2, 3))
    first = (await link_in(mail_server, 1)).split("kunci=")[1]
    assert (await services.prove(officer, first)).status_code == 200
    assert (await services.manage("PATCH", "/12", {"name": "Tari"})).json()["email"] == ADDRESS
    other = await services.manage("PATCH", "/12", {"email": "lain@binamarga.example"})
    assert other.json()["email_state"] == "unproven"
    assert (await services.prove(officer, first)).status_code == 422
    await link_in(mail_server, 2)
    assert mail_server.got[-1]["To"] == "lain@binamarga.example"
    log = country.one("SELECT details FROM routing.management_log ORDER BY id DESC LIMIT 1")
    assert log == {"email": [True, True]}
    none = (await services.manage("PATCH", "/12", {"email": ""})).json()
    assert (none["email"], none["email_state"]) == ("", "none")
    asked = await services.notification.post("/me/email/link", headers=services.header(officer))
    assert asked.status_code == 404


async def test_an_address_that_does_not_exist_ends_the_proof_and_its_admins_see_it(
    services: Services, mail_server: MailServer
) -> None:
    await services.manage("PATCH", "/12", {"email": ADDRESS})
    officer = Staff(id=12, role="liaison_officer", agency_id=3, agency_path=(1, 2, 3))
    token = (await link_in(mail_server, 1)).split("kunci=")[1]
    assert (await services.prove(officer, token)).status_code == 200
    mail_server.refusals.append("550 5.1.1 nobody here")
    await services.manage("POST", "/12/password-link")

    async def gone() -> bool:
        person = (await services.manage("GET", "/12")).json()
        return bool(person["email_state"] == "undeliverable")

    await until(gone)


@pytest.mark.parametrize("wrong", ["", ".", "1", "1.", "1.x", "²." + "0" * 64, "9" * 50 + ".0"])
async def test_a_link_that_makes_no_sense_is_refused(services: Services, wrong: str) -> None:
    await services.manage("PATCH", "/12", {"email": ADDRESS})
    officer = Staff(id=12, role="liaison_officer", agency_id=3, agency_path=(1, 2, 3))
    assert (await services.prove(officer, wrong)).status_code == 422
