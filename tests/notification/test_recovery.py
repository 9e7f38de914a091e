"""A lost access code is recovered by a proven contact; nothing tells strangers what is there."""

from collections.abc import Callable

import httpx
import pytest

from services.notification.app import make_app
from services.notification.contacts.code_limits import TO_PROVEN
from services.notification.contacts.codes import TRIES
from shared.settings import Settings
from tests.intake.conftest import Country, running
from tests.notification.conftest import MAIL, Reported, until
from tests.notification.providers import MailServer
from tests.notification.test_proofs import bearer, code_in, mailed_code, serving, shows


async def test_a_lost_code_is_recovered_by_number_and_proven_contact(
    reported: Reported,
    settings: Settings,
    mail_server: MailServer,
    country: Country,
    fresh_database: Callable[[str], str],
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    asked = {"number": told.number, "contact": " Siti@Example.org "}
    async with mail_server.there(), serving(settings) as client:
        assert (await client.post("/recovery", json=asked)).status_code == 202

        async def arrived() -> bool:
            return bool(mail_server.got)

        await until(arrived)
        body = mail_server.got[0].get_body(("plain",))
        assert body is not None
        code = code_in(body.get_content())
        assert f"kode akses baru laporan nomor {told.number}" in body.get_content()
        wrong = await client.post("/recovery/proof", json=asked | {"code": "x"})
        assert wrong.status_code == 422
        right = await client.post("/recovery/proof", json=asked | {"code": code})
        assert right.status_code == 200
        again = await client.post("/recovery/proof", json=asked | {"code": code})
        assert again.status_code == 422
    token = right.json()["recovery_token"]
    assert token not in country.everything_in("notification.recovery")
    at_intake = settings.model_copy(
        update={"database_url": fresh_database("lapor_intake"), "nats_url": "nats://127.0.0.1:1"}
    )
    other = await reported()
    async with running(at_intake) as intake:
        shown = {"recovery_token": token}
        strange = f"/reports/{other.number}/access-code/recovered"
        assert (await intake.post(strange, json=shown)).status_code == 404
        address = f"/reports/{told.number}/access-code/recovered"
        renewed = await intake.post(address, json=shown)
        assert renewed.status_code == 200, renewed.text
        assert (await intake.post(address, json=shown)).status_code == 404
        opened = {"access_code": renewed.json()["access_code"]}
        access = await intake.post(f"/reports/{told.number}/access", json=opened)
        assert access.status_code == 200
        # What the former code had opened has ended.
        former = await intake.get(f"/reports/{told.number}", headers=bearer(told))
        assert former.status_code == 401


async def test_strangers_who_guess_do_not_keep_a_reporter_from_recovering(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    """From many addresses they show codes for the number of a report, and know no contact."""
    told = await reported()
    told.prove("email", MAIL)
    asked = {"number": told.number, "contact": MAIL}
    app = make_app(settings)
    async with mail_server.there(), app.router.lifespan_context(app):
        for stranger in range(25):
            transport = httpx.ASGITransport(app, client=(f"203.0.113.{stranger}", 4711))
            async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
                guess = asked | {"contact": "other@example.org", "code": "123456"}
                refused = await client.post("/recovery/proof", json=guess)
                assert refused.status_code == 422
        transport = httpx.ASGITransport(app, client=("203.0.113.200", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
            await client.post("/recovery", json=asked)

            async def arrived() -> bool:
                return bool(mail_server.got)

            await until(arrived)
            body = mail_server.got[0].get_body(("plain",))
            assert body is not None
            right = asked | {"code": code_in(body.get_content())}
            assert (await client.post("/recovery/proof", json=right)).status_code == 200


@pytest.mark.parametrize("what", ["number", "contact", "unproven"])
async def test_a_recovery_that_fits_nothing_is_answered_as_one_that_fits(
    reported: Reported, settings: Settings, mail_server: MailServer, what: str, country: Country
) -> None:
    told = await reported()
    if what != "unproven":
        told.prove("email", MAIL)
    asked = {
        "number": told.number + (1 if what == "number" else 0),
        "contact": "other@example.org" if what == "contact" else MAIL,
    }
    async with mail_server.there(), serving(settings) as client:
        sent = await client.post("/recovery", json=asked)
        assert (sent.status_code, sent.content) == (202, b"")
        shown = await client.post("/recovery/proof", json=asked | {"code": "123456"})
        assert shown.json()["errors"][0]["code"] == "code_wrong"
    assert mail_server.got == []
    assert country.one("SELECT count(*) FROM notification.message") == 0


async def test_who_is_signed_in_gets_codes_though_strangers_ask_for_the_lost_one_again_and_again(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    """They know the number of the report and its contact, not its access code."""
    told = await reported()
    told.prove("email", MAIL)
    asked = {"number": told.number, "contact": MAIL}
    async with mail_server.there(), serving(settings) as client:
        own = await mailed_code(client, told, mail_server)
        for _ in range(TO_PROVEN.count + 1):
            await client.post("/recovery", json=asked)

        async def all_arrived() -> bool:
            return len(mail_server.got) == TO_PROVEN.count + 1

        await until(all_arrived)
        for _ in range(TRIES):
            await client.post("/recovery/proof", json=asked | {"code": "x"})
        # Theirs ended neither the code that was there nor what may be asked for.
        assert (await shows(client, told, own)).status_code == 200
        assert len(await mailed_code(client, told, mail_server)) == len(own)
