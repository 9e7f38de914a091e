"""What an operator types about messages: seen without contacts, and sent again."""

import asyncio
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import MAIL, Reported, working
from tests.notification.providers import MailServer


async def test_a_failed_message_is_listed_shown_and_sent_again(
    reported: Reported,
    settings: Settings,
    mail_server: MailServer,
    country: Country,
    fresh_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAPOR_DATABASE_URL", fresh_database("lapor_owner"))

    async def lapor(*words: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, app, ["notifications", *words])
        return result.output + str(result.exception or "")

    assert await lapor("list") == "None.\n"
    told = await reported()
    told.prove("email", MAIL)
    mail_server.data_answers = ["554 5.6.0 not like this"]
    async with mail_server.there(), working(settings):
        await told.happens("verified", Status.VERIFIED)
        assert await told.ended() == [("verified", "email", "failed", "rejected")]
        listed = await lapor("list")
        assert f"{told.number}.2.reporter.email" in listed
        assert "failed: the provider refused the message" in listed
        id = str(country.one("SELECT id FROM notification.message"))
        shown = await lapor("show", id)
        assert "rejected" in shown and MAIL not in listed + shown
        assert "is sent again" in await lapor("retry", id)
        assert await told.ended() == [("verified", "email", "sent", None)]
        assert "no such message that waits or failed" in await lapor("retry", id)
    assert "reporter.email" in await lapor("list", "--number", str(told.number))


BOUNCE = """From: mailer-daemon@penerima.example
To: lapor@lapor.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; penerima.example

Final-Recipient: rfc822; siti@example.org
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: <{id}@lapor.example>
Subject: Ada kabar untuk Anda
--b--
"""


async def test_mail_that_comes_back_later_ends_the_proof_where_nobody_is_there(
    reported: Reported,
    settings: Settings,
    mail_server: MailServer,
    country: Country,
    fresh_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAPOR_DATABASE_URL", fresh_database("lapor_owner"))

    async def comes_back(action: str, status: str) -> str:
        mail = BOUNCE.format(action=action, status=status, id=id).encode()
        words = ["notifications", "bounced"]
        result = await asyncio.to_thread(CliRunner().invoke, app, words, input=mail)
        assert MAIL not in result.output
        return result.output

    told = await reported()
    told.prove("email", MAIL)
    async with mail_server.there(), working(settings):
        await told.happens("verified", Status.VERIFIED)
        await told.ended()
    id = country.one("SELECT id FROM notification.message")
    assert "no report of a mail" in await comes_back("delayed", "4.4.1")
    assert told.rows() == [("verified", "email", "sent", None)]
    assert f"{id} has come back" in await comes_back("failed", "5.1.1")
    assert "nothing of ours" in await comes_back("failed", "5.1.1")
    assert told.rows() == [("verified", "email", "failed", "no_such_address")]
    proof = "SELECT proven_at, proof, undeliverable_at IS NOT NULL FROM notification.contact"
    assert country.one(proof) == (None, None, True)
