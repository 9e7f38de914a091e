"""Reporters prove their contacts by codes; nothing tells strangers whether a contact is there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.notification.app import make_app
from services.notification.contacts.code_limits import BY_REPORT, TO_CONTACT
from shared.http.tokens import ReportBearer, Tokens
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, PHONE, Reported, Told, until
from tests.notification.providers import Gateway, MailServer


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The whole service, called from an address of its own."""
    app = make_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
            yield client


def bearer(told: Told) -> dict[str, str]:
    token = Tokens.of(told.settings).issue(ReportBearer(number=told.number, code_version=1))
    return {"Authorization": f"Bearer {token}"}


CODE = r"\b\d{6}\b"


def code_in(text: str) -> str:
    found = re.search(CODE, text)
    assert found, text
    return found.group()


def path(told: Told, channel: str, what: str) -> str:
    return f"/reports/{told.number}/contacts/{channel}/{what}"


async def mailed_code(client: httpx.AsyncClient, told: Told, mail_server: MailServer) -> str:
    """The code that a request for one brings into the mailbox."""
    before = len(mail_server.got)
    answer = await client.post(path(told, "email", "code"), headers=bearer(told))
    assert answer.status_code == 202, answer.text

    async def arrived() -> bool:
        return len(mail_server.got) > before

    await until(arrived)
    body = mail_server.got[-1].get_body(("plain",))
    assert body is not None
    return code_in(body.get_content())


async def shows(client: httpx.AsyncClient, told: Told, code: str) -> httpx.Response:
    return await client.post(
        path(told, "email", "proof"), json={"code": code}, headers=bearer(told)
    )


async def test_a_code_proves_a_contact_which_then_is_told(
    reported: Reported, settings: Settings, mail_server: MailServer, country: Country
) -> None:
    told = await reported()
    async with mail_server.there(), serving(settings) as client:
        before = (await client.get(f"/reports/{told.number}/contacts", headers=bearer(told))).json()
        assert [(each["channel"], each["state"]) for each in before["contacts"]] == [
            ("email", "unproven"),
            ("sms", "unproven"),
        ]
        assert "siti@" not in str(before) and PHONE not in str(before)
        code = await mailed_code(client, told, mail_server)
        # Neither the code nor the contact lies anywhere.
        for table in ("message", "contact", "preference"):
            stored = country.everything_in(f"notification.{table}")
            assert code not in stored and MAIL not in stored
        after = (await shows(client, told, f"{code[:3]} {code[3:]}")).json()
        assert after["contacts"][0]["state"] == "proven"
        assert (await shows(client, told, code)).status_code == 422
        await told.happens("verified", Status.VERIFIED)
        await told.ended(2)
    assert mail_server.got[0]["Subject"] == "Kode verifikasi Anda"
    assert mail_server.got[0]["List-Unsubscribe"] is None
    assert told.rows()[-1] == ("verified", "email", "sent", None)


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        ("proven_at = now() - interval '366 days'", "lapsed"),
        ("undeliverable_at = now()", "undeliverable"),
    ],
)
async def test_who_proves_a_contact_again_is_told_what_happened_last(
    reported: Reported, settings: Settings, mail_server: MailServer, ended: str, reason: str
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    told.country.all(f"UPDATE notification.contact SET {ended}")  # noqa: S608
    async with mail_server.there(), serving(settings) as client:
        await told.happens("verified", Status.VERIFIED)
        assert await told.ended() == [("verified", "email", "skipped", reason)]
        code = await mailed_code(client, told, mail_server)
        assert (await shows(client, told, code)).status_code == 200

        async def told_of_it() -> bool:
            return ("verified", "email", "sent", None) in told.rows()

        await until(told_of_it)


async def test_who_proves_a_contact_on_the_receipt_is_told_that_the_report_was_accepted(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    told = await reported()
    async with mail_server.there(), serving(settings) as client:
        await told.happens("submitted", Status.UNVERIFIED, version=1)
        assert await told.ended() == [("accepted", "email", "skipped", "unproven")]
        code = await mailed_code(client, told, mail_server)
        assert (await shows(client, told, code)).status_code == 200

        async def told_of_it() -> bool:
            return ("accepted", "email", "sent", None) in told.rows()

        await until(told_of_it)
    assert [mail["Subject"] for mail in mail_server.got] == [
        "Kode verifikasi Anda",
        "Ada kabar untuk Anda",
    ]


async def test_five_wrong_tries_end_a_code_and_a_new_one_ends_the_old(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    told = await reported()
    async with mail_server.there(), serving(settings) as client:
        first = await mailed_code(client, told, mail_server)
        second = await mailed_code(client, told, mail_server)
        if first != second:
            wrong = await shows(client, told, first)
            assert wrong.json()["errors"][0]["code"] == "code_wrong"
        other = f"{(int(second) + 1) % 10**6:06d}"
        for _ in range(5):
            await shows(client, told, other)
        over = await shows(client, told, second)
        assert (over.status_code, over.json()["errors"][0]["code"]) == (422, "code_over")
        third = await mailed_code(client, told, mail_server)
        assert (await shows(client, told, third)).status_code == 200


async def test_a_code_is_good_for_ten_minutes(
    reported: Reported, settings: Settings, mail_server: MailServer, country: Country
) -> None:
    told = await reported()
    async with mail_server.there(), serving(settings) as client:
        code = await mailed_code(client, told, mail_server)
        country.all("UPDATE notification.contact SET code_until = now() - interval '1 second'")
        assert (await shows(client, told, code)).json()["errors"][0]["code"] == "code_over"


async def test_nobody_reads_or_proves_contacts_of_others(
    reported: Reported, settings: Settings
) -> None:
    told, other = await reported(), await reported()
    async with serving(settings) as client:
        for method, address in (
            ("GET", f"/reports/{told.number}/contacts"),
            ("POST", path(told, "email", "code")),
        ):
            assert (await client.request(method, address)).status_code == 401
            strange = await client.request(method, address, headers=bearer(other))
            assert strange.status_code == 404


async def test_strangers_do_not_use_up_what_a_proven_contact_may_ask(
    reported: Reported, settings: Settings, gateway: Gateway
) -> None:
    """Somebody names another's number in report after report, and asks for codes to it."""
    who = {"name": "Siti", "phone": PHONE}
    mine = await reported(reporter=who)
    mine.prove("sms", PHONE)
    statuses = []
    async with gateway.there(), serving(settings) as client:
        for _ in range(TO_CONTACT.count + 2):
            theirs = await reported(reporter=who)
            asked = await client.post(path(theirs, "sms", "code"), headers=bearer(theirs))
            statuses.append(asked.status_code)
        assert statuses == [202] * TO_CONTACT.count + [429, 429]
        own = await client.post(path(mine, "sms", "code"), headers=bearer(mine))
        assert own.status_code == 202
        for _ in range(BY_REPORT.count):
            asked = await client.post(path(mine, "sms", "code"), headers=bearer(mine))
        assert asked.status_code == 429


async def test_text_messages_with_codes_have_a_budget_for_each_prefix(
    reported: Reported, settings: Settings, gateway: Gateway
) -> None:
    few = settings.model_copy(update={"sms_codes_per_prefix": 1})
    numbers = ("+6281234560001", "+6281234560002", "+6285634560003")
    reports = [await reported(reporter={"name": "S", "phone": number}) for number in numbers]
    async with gateway.there(), serving(few) as client:
        answers = [
            (await client.post(path(each, "sms", "code"), headers=bearer(each))).status_code
            for each in reports
        ]
        proven = await reported(reporter={"name": "S", "phone": numbers[1]})
        proven.prove("sms", numbers[1])
        own = await client.post(path(proven, "sms", "code"), headers=bearer(proven))
    assert answers == [202, 429, 202]
    assert own.status_code == 202  # strangers have not used up what it may ask


async def test_what_is_chosen_holds_and_one_tap_ends_everything(
    reported: Reported, settings: Settings, mail_server: MailServer
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    wishes: dict[str, Any] = {"stopped": False, "email": True, "sms": False, "muted": ["progress"]}
    address = f"/reports/{told.number}/preferences"
    async with mail_server.there(), serving(settings) as client:
        chosen = await client.put(address, json=wishes, headers=bearer(told))
        assert chosen.json()["muted"] == ["progress"]
        await told.happens("verified", Status.VERIFIED)
        assert [row[2:] for row in await told.ended(1)] == [("skipped", "muted")]
        await told.happens("archived", Status.ARCHIVED_BY_ADMIN, version=3)
        rows = await told.ended(2)
        assert [row[2:] for row in rows] == [("skipped", "muted"), ("sent", None)]
        token = mail_server.got[0]["List-Unsubscribe"].strip().rsplit("/", 1)[1].rstrip(">")
        unknown = await client.post("/unsubscribe", json={"token": str(uuid4())})
        assert unknown.status_code == 404, "nobody is thanked for what ended nothing"
        assert (await client.get(f"/unsubscribe/{uuid4()}")).status_code == 404
        assert (await client.get(f"/unsubscribe/{token}")).json() == {
            "stopped": False,
            "audience": "reporter",
        }
        assert (await client.post("/unsubscribe", json={"token": token})).status_code == 200
        assert (await client.get(f"/unsubscribe/{token}")).json()["stopped"] is True
        await told.happens("reopened", Status.FOLLOWED_UP, version=4)
        assert (await told.ended(3))[2][2:] == ("skipped", "stopped")


async def test_what_is_saved_for_a_report_with_a_name_lets_no_text_message_go_once_it_is_secret(
    reported: Reported, settings: Settings, country: Country
) -> None:
    told = await reported(reporter={"name": "Siti", "phone": PHONE})
    address = f"/reports/{told.number}/preferences"
    as_it_stood = {"stopped": False, "email": True, "sms": True, "muted": ["progress"]}
    async with serving(settings) as client:
        saved = await client.put(address, json=as_it_stood, headers=bearer(told))
        assert saved.json()["sms"] is True
        country.all("UPDATE lifecycle.report SET secret = true")
        contacts = await client.get(f"/reports/{told.number}/contacts", headers=bearer(told))
        assert contacts.json()["sms"] is False
        chosen = await client.put(address, json=as_it_stood, headers=bearer(told))
        assert chosen.json()["sms"] is True
