"""Events become messages, each once, and each ends as sent, failed or skipped."""

import asyncio
from datetime import timedelta

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from services.notification.app import make_app
from shared.clock import now
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, PHONE, Reported, until, working
from tests.notification.providers import Gateway, MailServer

VERIFIED = ("verified", Status.VERIFIED)


pytestmark = pytest.mark.usefixtures("never_quiet", "soon_again")


async def test_mail_says_what_happened_and_nothing_of_the_report(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "sent", None)]
    [mail] = mail_server.got
    assert mail["To"] == MAIL
    assert mail["Subject"] == "Ada kabar untuk Anda"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "id"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http://lapor.test/berhenti/")
    assert mail["Message-ID"].endswith("@lapor.example>")
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert f"http://lapor.test/laporan/{told.number}" in text
        assert "Pemerintah Kota Bandung" in text
        assert "berlubang" not in text and "Siti" not in text


async def test_a_domain_in_other_letters_is_reached_and_a_name_in_them_is_no_alarm(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported(reporter={"name": "Siti", "email": "siti@ex\xe4mple.org"})
    told.prove("email", "siti@ex\xe4mple.org")
    other = await reported(reporter={"name": "Siti", "email": "sit\xef@example.org"})
    other.prove("email", "sit\xef@example.org")
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        await other.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "sent", None)]
        assert await other.ended() == [("verified", "email", "failed", "rejected")]
    assert [mail["To"] for mail in mail_server.got] == ["siti@xn--exmple-cua.org"]


async def test_a_message_that_cannot_be_made_ready_keeps_no_other(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    broken, told = await reported(), await reported()
    for each in (broken, told):
        each.prove("email", MAIL)
    async with working(settings):  # whoever carries mail is away
        for each in (broken, told):
            await each.happens(*VERIFIED)

        async def both() -> bool:
            return len(broken.rows() + told.rows()) == 2

        await until(both)
    broken.country.all(
        "UPDATE notification.message SET facts = facts - 'kind', leased_until = NULL"
        " WHERE number = %s",
        broken.number,
    )
    broken.country.all("UPDATE notification.message SET leased_until = NULL, not_before = now()")
    async with mail_server.there(), working(settings):
        assert await told.ended() == [("verified", "email", "sent", None)]
        assert await broken.ended() == [("verified", "email", "failed", "unexpected")]


async def test_a_slow_answer_keeps_no_later_message(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    slow = "lambat@example.org"
    first, told = await reported(reporter={"name": "Siti", "email": slow}), await reported()
    first.prove("email", slow)
    told.prove("email", MAIL)
    mail_server.slow_to = slow

    async def arrived() -> bool:
        return mail_server.waiting > 0

    async with mail_server.there(), working(settings):
        await first.happens(*VERIFIED)
        await until(arrived)
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "sent", None)]
        assert first.rows() == [("verified", "email", "queued", None)]
        mail_server.released.set()
        assert await first.ended() == [("verified", "email", "sent", None)]


async def test_an_unproven_contact_is_told_nothing(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported()
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "skipped", "unproven")]
    assert mail_server.got == []


async def test_a_contact_proven_with_another_value_is_not_proven(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported()
    told.prove("email", "somebody@else.example")
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "skipped", "unproven")]
    assert mail_server.got == []


async def test_two_tellings_of_an_event_at_once_are_one_message(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    async with mail_server.there(), working(settings), working(settings):
        happened = await told.happens(*VERIFIED)
        await asyncio.gather(*(told.again(happened) for _ in range(5)))
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)
        await told.ended(2)
    # Two events that come together may be written in either order.
    assert sorted(row[:3] for row in told.rows()) == [
        ("followed_up", "email", "sent"),
        ("verified", "email", "sent"),
    ]
    assert len(mail_server.got) == 2


async def test_a_provider_that_is_away_gets_everything_when_it_is_back(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    async with working(settings):
        await told.happens(*VERIFIED)
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)

        async def tried() -> bool:
            tries = "SELECT count(*), max(attempts) FROM notification.message"
            count, attempts = country.one(tries)
            return bool(count == 2 and attempts >= 2)

        await until(tried)
        async with mail_server.there():
            await told.ended(2)
    assert [row[2] for row in told.rows()] == ["sent", "sent"]
    # No workflow for what is the provider's trouble.
    assert country.one("SELECT bool_or(retrying) FROM notification.message") is False
    assert len(mail_server.got) == 2


async def test_what_one_recipient_is_refused_for_now_is_retried(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    mail_server.refusals = ["451 4.3.0 later", "450 4.2.1 still busy"]
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "sent", None)]
    assert country.one("SELECT retry_round, retry_started FROM notification.message") == (1, True)
    assert len(mail_server.got) == 1


async def test_where_mail_never_arrives_a_text_message_goes_in_its_place(
    reported: Reported, mail_server: MailServer, gateway: Gateway, settings: Settings
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    told.prove("sms", PHONE)
    mail_server.refusals = ["450 4.2.1 busy"] * 10
    async with mail_server.there(), gateway.there(), working(settings):
        await told.happens(*VERIFIED)
        await told.ended(2)
    assert told.rows() == [
        ("verified", "email", "failed", "put_off"),
        ("verified", "sms", "sent", None),
    ]
    [text] = gateway.got
    assert text["to"] == PHONE
    assert str(told.number) in text["text"]


async def test_a_hard_bounce_ends_the_proof(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    mail_server.refusals = ["550 5.1.1 no such user"]
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "failed", "no_such_address")]
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)
        assert (await told.ended(2))[1] == ("followed_up", "email", "skipped", "undeliverable")
    proof = "SELECT proven_at, proof, undeliverable_at IS NOT NULL FROM notification.contact"
    assert country.one(proof) == (None, None, True)


async def test_a_contact_that_no_key_opens_keeps_no_other_message_waiting(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    broken, well = await reported(), await reported()
    for told in (broken, well):
        told.prove("email", MAIL)
    country.all("UPDATE intake.submission SET email = 'x'::bytea WHERE number = %s", broken.number)
    async with mail_server.there(), working(settings):
        for told in (broken, well):
            await told.happens(*VERIFIED)
        assert await broken.ended() == [("verified", "email", "skipped", "unreadable")]
        assert await well.ended() == [("verified", "email", "sent", None)]


async def test_a_policy_of_the_receiver_does_not_end_the_proof(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    mail_server.refusals = ["550 5.7.1 looks like spam"]
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED)
        assert await told.ended() == [("verified", "email", "failed", "rejected")]
    assert country.one("SELECT proven_at IS NOT NULL FROM notification.contact") is True


async def test_a_process_that_died_after_the_answer_sends_once_more_at_most(
    reported: Reported, mail_server: MailServer, settings: Settings, country: Country
) -> None:
    """The lease of a dead process runs out; the mail can be known by its Message-ID."""
    told = await reported()
    told.prove("email", MAIL)
    async with mail_server.there():
        async with working(settings):
            await told.happens(*VERIFIED)
            await told.ended()
        # As if the row's change had been lost with the process.
        country.all(
            "UPDATE notification.message SET state = 'queued', finished_at = NULL,"
            " leased_until = now() - interval '1 second'"
        )
        async with working(settings):
            await told.ended()
    assert len(mail_server.got) == 2
    assert mail_server.got[0]["Message-ID"] == mail_server.got[1]["Message-ID"]


async def test_a_text_message_of_an_anonymous_report_waits_to_be_chosen_and_says_nothing(
    reported: Reported, gateway: Gateway, settings: Settings
) -> None:
    who = {"name": "Siti", "phone": PHONE}
    shy = await reported(reporter=who, anonymous=True)
    shy.prove("sms", PHONE)
    chosen = await reported(reporter=who, secret=True)
    chosen.prove("sms", PHONE, sms=True)
    async with gateway.there(), working(settings):
        await shy.happens(*VERIFIED)
        await chosen.happens(*VERIFIED)
        assert await shy.ended() == [("verified", "sms", "skipped", "sms_not_chosen")]
        assert await chosen.ended() == [("verified", "sms", "sent", None)]
    assert [text["text"] for text in gateway.got] == ["Ada kabar untuk Anda."]


@pytest.mark.parametrize(
    ("chosen_meanwhile", "reason"),
    [
        ("UPDATE notification.preference SET sms = false", "channel_off"),
        ("UPDATE notification.preference SET sms_stopped_at = now()", "channel_off"),
        ("UPDATE notification.preference SET muted = '[\"progress\"]'", "muted"),
        ("UPDATE lifecycle.report SET secret = true", "sms_not_chosen"),
    ],
)
async def test_what_was_chosen_while_a_message_waited_holds(
    reported: Reported,
    gateway: Gateway,
    settings: Settings,
    country: Country,
    chosen_meanwhile: str,
    reason: str,
) -> None:
    """A text message of the evening waits for the morning, and others for a gateway that is
    away."""
    told = await reported(reporter={"name": "Siti", "phone": PHONE})
    told.prove("sms", PHONE)
    async with working(settings):  # the gateway is away

        async def waits() -> bool:
            return told.rows() == [("verified", "sms", "queued", "connection")]

        await told.happens(*VERIFIED)
        await until(waits)
    country.all(chosen_meanwhile)
    country.all("UPDATE notification.message SET leased_until = NULL, not_before = now()")
    async with gateway.there(), working(settings):
        assert await told.ended() == [("verified", "sms", "skipped", reason)]
    assert gateway.got == []


async def test_what_is_old_is_told_to_nobody(
    reported: Reported, mail_server: MailServer, settings: Settings
) -> None:
    told = await reported()
    told.prove("email", MAIL)
    async with mail_server.there(), working(settings):
        await told.happens(*VERIFIED, at=now() - timedelta(days=4))
        await told.happens("followed_up", Status.FOLLOWED_UP, version=3)
        assert await told.ended() == [("followed_up", "email", "sent", None)]


async def test_a_number_that_nobody_has_ends_the_proof_by_a_delivery_report(
    reported: Reported, gateway: Gateway, settings: Settings, country: Country
) -> None:
    told = await reported(reporter={"name": "Siti", "phone": PHONE})
    told.prove("sms", PHONE)
    async with gateway.there(), working(settings):
        await told.happens(*VERIFIED)
        await told.ended()
    [text] = gateway.got
    report = {"id": text["id"], "state": "undelivered", "code": "number_unknown"}
    assert (await _reported(settings, report, "a-wrong-secret-of-16")).status_code == 401
    assert told.rows() == [("verified", "sms", "sent", None)]
    assert (await _reported(settings, report)).status_code == 204
    assert (await _reported(settings, report)).status_code == 204
    assert told.rows() == [("verified", "sms", "failed", "no_such_number")]
    assert country.one("SELECT proof FROM notification.contact") is None


async def _reported(
    settings: Settings, report: dict[str, str], secret: str | None = None
) -> httpx.Response:
    """What the gateway reports of a delivery."""
    body, at = orjson.dumps(report), now()
    signature = Webhook((secret or settings.sms_gateway_secret).encode()).sign(
        "1", at, body.decode()
    )
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    app = make_app(settings)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notification") as client:
        answer = await client.post("/sms/deliveries", content=body, headers=headers)
    await app.state.database.dispose()
    return answer
