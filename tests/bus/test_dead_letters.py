"""A message nobody could handle is kept, unreadable to most, and can be put back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
import pytest
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig
from sqlalchemy import text

from shared.bus import dead_letters
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, message_by_message
from shared.bus.dead_letter_review import discard, retry, unresolved
from shared.bus.dead_letters import (
    BYTES_A_DAY,
    DeadLetter,
    Remains,
    announce,
    keep,
    read,
)
from shared.bus.errors import BadMessage
from shared.bus.inbound import read_inbound
from shared.bus.pull import Pull
from shared.bus.streams import INGEST_MESSAGES, INTAKE
from shared.bus.watch import Watch
from shared.clock import now
from shared.database.engine import Database
from shared.partners.dead_letters import partner_dead_letters
from shared.privacy.identity import IdentityCipher
from workflows.worker import DeadLetterCleanup

REPORT = "lapor.v1.ingest.dukcapil.report"
WORDS = b'{"text": "Siti, Jalan Mawar 5"'


async def test_a_bad_message_becomes_one_dead_letter_that_holds_no_readable_words(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.publish(REPORT, WORDS, msg_id="dukcapil-1", headers={"x-colour": "blue"})
    async with _intake(bus, database, cipher), asyncio.timeout(120):
        while not (letters := await _letters(database)):
            await asyncio.sleep(0.05)

    (letter,) = letters
    assert (letter.stream, letter.subject, letter.system) == ("INGEST_REPORTS", REPORT, "dukcapil")
    assert (letter.reason_code, letter.field, letter.msg_id) == ("not_json", None, "dukcapil-1")
    assert b"Siti" not in (letter.body or b"")
    headers, body = read(cipher, letter)
    assert body == WORDS
    assert headers["x-colour"] == "blue"
    announcement = await bus.js.get_last_msg("DEAD_LETTERS", "lapor.v1.dead.INGEST_REPORTS")
    assert orjson.loads(announcement.data or b"")["data"] == {
        "id": str(letter.id),
        "stream": "INGEST_REPORTS",
        "reason_code": "not_json",
    }


async def test_a_message_buried_twice_is_one_dead_letter(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.publish(REPORT, WORDS, msg_id="dukcapil-1")
    (message,) = await (await Pull.open(bus, INTAKE)).messages(1, 1)
    bad = BadMessage("not_json", "a message is a JSON object")

    ids = []
    for _ in range(2):
        async with database.session() as session:
            ids.append(await keep(session, cipher, message, bad))

    assert ids[0] == ids[1]
    assert len(await _letters(database)) == 1


async def test_a_retried_dead_letter_comes_to_its_reader_again_as_it_was(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.publish(REPORT, WORDS, msg_id="dukcapil-1")
    async with _intake(bus, database, cipher), asyncio.timeout(120):
        while not await _letters(database):
            await asyncio.sleep(0.05)

    async with database.session() as session:
        (letter,) = await unresolved(session)
        await retry(session, cipher, bus, letter)

    (message,) = await (await Pull.open(bus, INTAKE)).messages(1, 1)
    assert (message.subject, message.data) == (REPORT, WORDS)
    assert (message.headers or {})["Nats-Msg-Id"] == "dukcapil-1.retry1"
    with pytest.raises(BadMessage, match="not_json"):
        read_inbound(message)
    assert await _letters(database) == []


async def test_a_message_ended_without_a_dead_letter_does_not_die_unnoticed(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.publish(REPORT, WORDS, msg_id="dukcapil-1")
    (message,) = await (await Pull.open(bus, INTAKE)).messages(1, 1)
    await message.term()

    async with _watching(bus, database, cipher):
        letter = await _first(database)

    assert (letter.stream, letter.stream_sequence, letter.body) == ("INGEST_REPORTS", 1, None)


async def test_a_message_delivered_too_often_is_kept_whole_and_leaves_the_queue(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.js.add_consumer(
        "INGEST_MESSAGES", ConsumerConfig(durable_name="followup", max_deliver=1, ack_wait=0.1)
    )
    await bus.publish("lapor.v1.ingest.dukcapil.reply", WORDS, msg_id="dukcapil-1")
    reader = await bus.js.pull_subscribe_bind("followup", "INGEST_MESSAGES")
    await reader.fetch(1)

    async with _watching(bus, database, cipher), asyncio.timeout(120):
        while (await bus.js.stream_info(INGEST_MESSAGES.name)).state.messages:
            # The server notices on the next pull.
            with pytest.raises(TimeoutError):
                await reader.fetch(1, timeout=0.2)
        letter = await _first(database)

    assert letter.reason_code == "max_deliveries"
    assert read(cipher, letter)[1] == WORDS


async def test_what_a_reader_buried_itself_is_not_buried_again_by_the_watch(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    async with _watching(bus, database, cipher):
        await bus.publish(REPORT, WORDS, msg_id="dukcapil-1")
        async with _intake(bus, database, cipher), asyncio.timeout(120):
            await _first(database)
            while (await bus.js.stream_info("ADVISORIES")).state.last_seq == 0:
                await asyncio.sleep(0.05)
            while (await bus.js.stream_info("ADVISORIES")).state.messages:
                await asyncio.sleep(0.05)

    (letter,) = await _letters(database)
    assert letter.reason_code == "not_json"


async def test_junk_without_end_is_told_to_its_sender_and_counted_and_not_kept(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    junk = b"x" * 900_000
    for place in range(8):
        await bus.publish(REPORT, junk, msg_id=f"dukcapil-{place}")
    await bus.publish("lapor.v1.ingest.kemenkes.report", junk, msg_id="kemenkes-1")
    async with _partners(bus, database, cipher), _watching(bus, database, cipher):
        async with asyncio.timeout(120):
            while await _count(database, "SELECT count(*) FROM lifecycle.outbox") < 9:
                await asyncio.sleep(0.05)
            while (await bus.js.stream_info("ADVISORIES")).state.messages:
                await asyncio.sleep(0.05)

    letters = await _letters(database)
    kept = [letter for letter in letters if letter.system == "dukcapil"]
    assert 0 < len(kept) < 4
    assert sum(len(letter.body or b"") for letter in kept) <= BYTES_A_DAY
    assert {letter.system for letter in letters} == {"dukcapil", "kemenkes"}
    beyond = "SELECT letters FROM lifecycle.dead_letter_not_kept WHERE system = 'dukcapil'"
    assert await _count(database, beyond) == 8 - len(kept)
    announced = (
        "SELECT count(*) FROM lifecycle.outbox WHERE convert_from(body, 'UTF8') LIKE '%not_kept%'"
    )
    assert await _count(database, announced) == 8 - len(kept)


async def test_small_junk_has_a_quota_too_and_our_own_trouble_none(
    bus: Bus, database: Database, cipher: IdentityCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LETTERS_A_DAY", 2)
    for place in range(4):
        await bus.publish(REPORT, b"{", msg_id=f"dukcapil-{place}")
    await bus.publish(REPORT, b"{}", msg_id="dukcapil-9")
    async with _partners(bus, database, cipher), asyncio.timeout(120):
        while await _count(database, "SELECT count(*) FROM lifecycle.outbox") < 5:
            await asyncio.sleep(0.05)

    assert [letter.reason_code for letter in await _letters(database)].count("not_json") == 2
    assert "given_up" in [letter.reason_code for letter in await _letters(database)]


@pytest.mark.parametrize(("kept_ago", "counts"), [(0, True), (23, True), (25, False)])
async def test_a_backlog_of_days_counts_on_the_day_it_is_given_up(
    bus: Bus,
    database: Database,
    cipher: IdentityCipher,
    monkeypatch: pytest.MonkeyPatch,
    kept_ago: int,
    counts: bool,
) -> None:
    monkeypatch.setattr(dead_letters, "LETTERS_A_DAY", 2)
    received_at = now() - timedelta(days=3)
    async with database.session() as session:
        for place in (901, 902):
            backlog = Remains(INTAKE.stream, place, REPORT, received_at, {}, b"{")
            await keep(session, cipher, backlog, BadMessage("not_json", "Not JSON"))
        await session.execute(
            text("UPDATE lifecycle.dead_letter SET kept_at = kept_at - make_interval(hours => :n)"),
            {"n": kept_ago},
        )
    await bus.publish(REPORT, b"{", msg_id="dukcapil-1")
    async with _partners(bus, database, cipher), asyncio.timeout(120):
        while await _count(database, "SELECT count(*) FROM lifecycle.outbox") < 1:
            await asyncio.sleep(0.05)

    assert len(await _letters(database)) == (2 if counts else 3)


async def test_what_was_discarded_stays_for_a_while_and_can_be_put_back(
    bus: Bus, database: Database, cipher: IdentityCipher
) -> None:
    await bus.publish(REPORT, WORDS, msg_id="dukcapil-1")
    async with _intake(bus, database, cipher):
        letter = await _first(database)
    async with database.session() as session:
        await discard(session, letter, "uji coba mitra")
    assert await _letters(database) == []
    forgetting = DeadLetterCleanup(database)
    await forgetting.once()
    async with database.session() as session:
        kept = await session.get(DeadLetter, letter.id)
        assert kept is not None
        assert (kept.resolved, kept.discarded) == (True, "uji coba mitra")
        assert read(cipher, kept)[1] == WORDS
    async with database.session() as session:
        await session.execute(
            text("UPDATE lifecycle.dead_letter SET resolved_at = resolved_at - interval '91 days'")
        )
    await forgetting.once()
    async with database.session() as session:
        assert await session.get(DeadLetter, letter.id) is None


@asynccontextmanager
async def _partners(bus: Bus, database: Database, cipher: IdentityCipher) -> AsyncIterator[None]:
    """A reader of partners' reports that has a defect with whatever it can read."""

    async def handle(message: Msg) -> None:
        if message.data == b"{}":
            raise LookupError("a defect")
        read_inbound(message)

    bury = partner_dead_letters(bus, database, cipher)
    async with _run(
        Consumer(bus, INTAKE, message_by_message(handle), bury, delays=(0.05,), give_up_after=2)
    ):
        yield


async def _count(database: Database, query: str) -> int:
    async with database.autocommit() as connection:
        return int((await connection.execute(text(query))).scalar_one())


@asynccontextmanager
async def _intake(bus: Bus, database: Database, cipher: IdentityCipher) -> AsyncIterator[None]:
    """A reader of reports that only reads: enough for what cannot be read."""

    async def handle(message: Msg) -> None:
        read_inbound(message)

    async def bury(message: Msg, bad: BadMessage) -> None:
        async with database.session() as session:
            letter = await keep(session, cipher, message, bad)
        await announce(bus, letter, INTAKE.stream, bad.code)

    consumer = Consumer(bus, INTAKE, message_by_message(handle), bury)
    async with _run(consumer):
        yield


@asynccontextmanager
async def _watching(bus: Bus, database: Database, cipher: IdentityCipher) -> AsyncIterator[None]:
    async with _run(Watch(bus, database, cipher)):
        yield


@asynccontextmanager
async def _run(runner: Consumer | Watch) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await task


async def _letters(database: Database) -> list[DeadLetter]:
    async with database.session() as session:
        return list(await unresolved(session))


async def _first(database: Database) -> DeadLetter:
    async with asyncio.timeout(120):
        while not (letters := await _letters(database)):
            await asyncio.sleep(0.05)
    return letters[0]
