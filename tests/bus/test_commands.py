"""What an operator types: partners let in and out, dead letters seen and put back."""

import asyncio
import re
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.credentials import Credentials
from shared.bus.connection import Bus, connect
from shared.bus.dead_letters import keep
from shared.bus.errors import BadMessage
from shared.bus.pull import Pull
from shared.bus.streams import INTAKE
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher
from tests.bus.conftest import Server

Lapor = Callable[..., str]


@pytest.fixture
def lapor(
    server: Server,
    fresh_database: Callable[[str], str],
    credentials: Credentials,
    monkeypatch: pytest.MonkeyPatch,
) -> Lapor:
    """Runs a command against the test's servers and gives what it prints."""
    for name, value in {
        **credentials.application,
        "LAPOR_DATABASE_URL": fresh_database("lapor_owner"),
        "LAPOR_NATS_URL": server.url,
        **server.authority,
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words)
        return result.output + str(result.exception or "")

    return run


def test_a_partner_is_let_in_listed_and_cut_off(lapor: Lapor) -> None:
    shown = lapor("partner", "add", "Dukcapil Kemendagri")
    assert re.search(r"-----BEGIN USER NKEY SEED-----\nSU[A-Z0-9]{56}\n", shown)
    assert "known to lapor" in shown
    assert "lapor.v1.ingest.dukcapil-kemendagri.report" in shown

    assert "is there already" in lapor("partner", "add", "Dukcapil Kemendagri")
    listed = lapor("partner", "list")
    assert re.search(r"dukcapil-kemendagri.*Dukcapil Kemendagri.*yes.*present", listed)

    assert "is cut off" in lapor("partner", "remove", "dukcapil-kemendagri")
    assert "there is no partner" in lapor("partner", "remove", "dukcapil-kemendagri")


def test_an_sms_that_was_set_aside_is_shown_and_tried_again(
    lapor: Lapor, fresh_database: Callable[[str], str], credentials: Credentials
) -> None:
    cipher = IdentityCipher(credentials.application["LAPOR_IDENTITY_KEYS"])
    message = str(uuid4())
    url = fresh_database("lapor_owner").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO intake.sms_part (sender_index, gateway_id, reference, message, part,"
            " total, words, set_aside, sent_at, received_at)"
            " VALUES ('x', 'a', '7/2', %s, 1, 2, %s, 'TextRejected', now(), now())",
            (message, cipher.encrypt("Jalan rusak")),
        )
    listed = lapor("sms", "list")
    assert message in listed
    assert "1 of 2 parts: TextRejected" in listed
    assert "Jalan" not in listed
    assert "Jalan rusak" in lapor("sms", "show", message)
    assert "is tried again" in lapor("sms", "retry", message)
    assert lapor("sms", "list").strip() == "None."
    assert "no message" in lapor("sms", "show", message)


def test_a_dead_letter_is_listed_without_its_words_shown_with_them_and_put_back(
    lapor: Lapor,
    server: Server,
    fresh_database: Callable[[str], str],
    credentials: Credentials,
) -> None:
    cipher = IdentityCipher(credentials.application["LAPOR_IDENTITY_KEYS"])

    async def bury() -> str:
        bus, database = await _open()
        await bus.publish("lapor.v1.ingest.dukcapil.report", b"{Siti}", msg_id="dukcapil-1")
        (message,) = await (await Pull.open(bus, INTAKE)).messages(1, 2)
        async with database.session() as session:
            letter = await keep(session, cipher, message, BadMessage("not_json", "no JSON"))
        await message.ack()
        await bus.close()
        await database.dispose()
        return str(letter)

    async def come_back() -> bytes:
        bus, database = await _open()
        (message,) = await (await Pull.open(bus, INTAKE)).messages(1, 2)
        await bus.close()
        await database.dispose()
        return message.data

    async def _open() -> tuple[Bus, Database]:
        bus = await connect(server.url, "test", patience=5)
        return bus, Database(fresh_database("lapor_intake"))

    letter = asyncio.run(bury())
    listed = lapor("dead-letters", "list")
    assert letter in listed
    assert "not_json" in listed
    assert "Siti" not in listed
    assert "{Siti}" in lapor("dead-letters", "show", letter)
    assert "say which" in lapor("dead-letters", "retry")

    assert "say which" in lapor("dead-letters", "discard", "--reason", "uji")
    assert "say why" in lapor("dead-letters", "discard", letter, "--reason", " ")
    assert "no such" in lapor(
        "dead-letters", "discard", "--system", "kemenkes", "--reason", "uji coba"
    )
    assert letter in lapor("dead-letters", "list")

    assert "is back on lapor.v1.ingest.dukcapil.report" in lapor("dead-letters", "retry", "--all")
    assert asyncio.run(come_back()) == b"{Siti}"
    assert letter not in lapor("dead-letters", "list")

    second = asyncio.run(bury())
    output = lapor("dead-letters", "discard", "--system", "dukcapil", "--reason", "uji coba")
    assert "1 discarded" in output
    assert second not in lapor("dead-letters", "list")
    assert "uji coba" in lapor("dead-letters", "show", second)
