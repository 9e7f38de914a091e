"""What happens to a message on its way from the stream to a handler."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from nats.aio.msg import Msg
from nats.js.errors import APIError
from sqlalchemy.exc import DBAPIError

from deploy.nats.authority import from_variables, new_authority
from shared.bus.connection import Bus, BusUserUnknown, connect, has_no_room
from shared.bus.consumer import BatchHandler, Bury, Consumer, MessageOutcome, message_by_message
from shared.bus.errors import BadMessage, TryLater
from shared.bus.streams import INGEST_REPORTS, INTAKE, REPORTS, STREAMS, declare
from shared.resilience.away import DATABASE_AWAY
from tests.bus.conftest import Server
from tests.bus.quota import account_full

REPORT = "lapor.v1.ingest.dukcapil.report"


async def test_declaring_again_changes_nothing_and_keeps_what_is_in_the_streams(
    server: Server, bus: Bus
) -> None:
    await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")

    await declare(server.url)

    for stream in STREAMS:
        info = await bus.js.stream_info(stream.name)
        assert info.config.duplicate_window == stream.duplicate_window
        assert (info.config.max_bytes or 0) > 0
        assert (info.config.max_age or 0) > 0
    assert (await bus.js.stream_info(INGEST_REPORTS.name)).state.messages == 1


async def test_a_publish_repeated_with_its_id_is_stored_once(bus: Bus) -> None:
    subject = "lapor.v1.report.verified"
    first = await bus.publish(subject, b"{}", msg_id="10000001.2")
    second = await bus.publish(subject, b"{}", msg_id="10000001.2")

    assert (second.seq, second.duplicate) == (first.seq, True)
    assert (await bus.js.stream_info(REPORTS.name)).state.messages == 1


async def test_a_partner_cannot_hide_anothers_message_by_using_its_id_first(bus: Bus) -> None:
    await bus.publish("lapor.v1.ingest.kemenkes.report", b"{}", msg_id="dukcapil-1")
    await asyncio.sleep(INGEST_REPORTS.duplicate_window * 2)

    stored = await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")

    assert not stored.duplicate
    assert (await bus.js.stream_info(INGEST_REPORTS.name)).state.messages == 2


async def test_what_is_handled_leaves_the_work_queue(bus: Bus) -> None:
    seen: list[bytes] = []

    async def handle(message: Msg) -> None:
        seen.append(message.data)

    for number in range(250):
        await bus.publish(REPORT, b"%d" % number, msg_id=f"dukcapil-{number}")
    async with _running(bus, message_by_message(handle)):
        await _until(lambda: len(seen) == 250)
        await _until_empty(bus)

    assert sorted(seen, key=int) == [b"%d" % number for number in range(250)]


async def test_a_reader_that_rests_after_a_message_reads_together_what_came_meanwhile(
    bus: Bus,
) -> None:
    batches: list[tuple[float, int]] = []

    async def handle(messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        batches.append((time.monotonic(), len(messages)))
        return [None] * len(messages)

    await bus.publish(REPORT, b"{}", msg_id="dukcapil-0")
    async with _running(bus, handle, lanes=1, rest=0.5):
        await _until(lambda: bool(batches))
        await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")
        await _until(lambda: len(batches) == 2)

    (first, _), (second, _) = batches
    assert second - first >= 0.5


async def test_on_passing_trouble_a_message_comes_again_after_growing_delays(bus: Bus) -> None:
    deliveries: list[float] = []

    async def handle(message: Msg) -> None:
        deliveries.append(time.monotonic())
        if len(deliveries) == 1:
            raise TryLater("the report is not known yet")
        if len(deliveries) == 2:
            raise ConnectionError("the database is away")

    await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")
    async with _running(bus, message_by_message(handle), delays=(0.2, 0.6)):
        await _until_empty(bus)

    assert deliveries[1] - deliveries[0] >= 0.2
    assert deliveries[2] - deliveries[1] >= 0.6
    assert len(deliveries) == 3


async def test_a_bad_message_is_buried_with_its_reason_and_the_others_go_on(bus: Bus) -> None:
    handled: list[bytes] = []
    buried: list[tuple[bytes, str]] = []

    async def batch(messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        bad = [BadMessage("not_json", "no JSON") if m.data == b"?" else None for m in messages]
        handled.extend(m.data for m, outcome in zip(messages, bad, strict=True) if outcome is None)
        return bad

    async def bury(message: Msg, bad: BadMessage) -> None:
        buried.append((message.data, bad.code))

    for number, body in enumerate((b"1", b"?", b"2")):
        await bus.publish(REPORT, body, msg_id=f"dukcapil-{number}")
    async with _running(bus, batch, bury):
        await _until_empty(bus)

    assert sorted(handled) == [b"1", b"2"]
    assert buried == [(b"?", "not_json")]


async def test_a_message_that_cannot_be_buried_yet_is_not_lost(bus: Bus) -> None:
    tries = 0

    async def handle(message: Msg) -> None:
        raise BadMessage("not_json", "no JSON")

    async def bury(message: Msg, bad: BadMessage) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ConnectionError("the database is away")

    await bus.publish(REPORT, b"?", msg_id="dukcapil-1")
    async with _running(bus, message_by_message(handle), bury, delays=(0.05,)):
        await _until_empty(bus)

    assert tries == 3


async def test_a_message_that_always_fails_is_given_up_and_its_words_are_not_logged(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    buried: list[str] = []

    async def handle(message: Msg) -> None:
        raise RuntimeError(f"cannot read {message.data!r}")

    async def bury(message: Msg, bad: BadMessage) -> None:
        buried.append(bad.code)

    await bus.publish(REPORT, b"Siti lives at Jalan Mawar 5", msg_id="dukcapil-1")
    async with _running(bus, message_by_message(handle), bury, delays=(0.05,), give_up_after=3):
        await _until_empty(bus)

    assert buried == ["given_up"]
    assert "RuntimeError" in caplog.text
    assert "Siti" not in caplog.text


async def test_a_message_that_breaks_its_batch_dies_alone(bus: Bus) -> None:
    done: list[bytes] = []
    buried: list[bytes] = []

    async def handle(messages: Sequence[Msg]) -> list[MessageOutcome]:
        if any(message.data == b"poison" for message in messages):
            raise LookupError("the batch is one transaction")
        done.extend(message.data for message in messages)
        return [None] * len(messages)

    async def bury(message: Msg, bad: BadMessage) -> None:
        buried.append(message.data)

    for place, data in enumerate((b"before", b"poison", b"after")):
        await bus.publish(REPORT, data, msg_id=f"dukcapil-{place}")
    async with _running(bus, handle, bury, delays=(0.05,), give_up_after=2):
        await _until_empty(bus)

    assert sorted(done) == [b"after", b"before"]
    assert buried == [b"poison"]


@pytest.mark.parametrize("away", DATABASE_AWAY)
async def test_however_long_the_database_is_away_no_message_is_given_up_for_it(
    bus: Bus, caplog: pytest.LogCaptureFixture, away: type[Exception]
) -> None:
    tries = 0

    async def handle(message: Msg) -> None:
        nonlocal tries
        tries += 1
        if tries < 6:
            raise _made(away)
        if tries == 6:
            raise RuntimeError("a defect, once, after the database came back")

    await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")
    async with _running(bus, message_by_message(handle), delays=(0.05,), give_up_after=2):
        await _until_empty(bus)

    assert tries == 7
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


async def test_a_batch_that_meets_no_database_is_told_of_once(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    batches: list[int] = []

    async def handle(messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        batches.append(len(messages))
        if len(batches) == 1:
            raise _made(DATABASE_AWAY[0])
        return [None] * len(messages)

    for number in range(20):
        await bus.publish(REPORT, b"{}", msg_id=f"dukcapil-{number}")
    async with _running(bus, handle, delays=(0.05,)):
        await _until_empty(bus)

    assert batches[0] > 1
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


async def test_reading_and_publishing_go_on_after_the_server_was_restarted(
    server: Server, bus: Bus
) -> None:
    seen: list[bytes] = []

    async def handle(message: Msg) -> None:
        seen.append(message.data)

    async with _running(bus, message_by_message(handle)):
        await bus.publish(REPORT, b"before", msg_id="dukcapil-1")
        await _until(lambda: seen == [b"before"])
        publishing = asyncio.create_task(server.restart())
        await bus.publish(REPORT, b"while", msg_id="dukcapil-2")
        await publishing
        await bus.publish(REPORT, b"after", msg_id="dukcapil-3")
        await _until(lambda: set(seen) >= {b"before", b"while", b"after"}, 20)
        # What was acknowledged as the server ended may come once more, after the wait.
        await _until_empty(bus, INTAKE.ack_wait + 20)


async def test_stopping_finishes_what_is_in_work_and_hands_back_the_rest(bus: Bus) -> None:
    started, seen = asyncio.Event(), list[bytes]()

    async def slow(message: Msg) -> None:
        started.set()
        await asyncio.sleep(0.3)
        seen.append(message.data)

    for number in range(4):
        await bus.publish(REPORT, b"%d" % number, msg_id=f"dukcapil-{number}")
    async with _running(bus, message_by_message(slow), batch=1, lanes=1):
        await started.wait()
    assert seen == [b"0"]

    async def quick(message: Msg) -> None:
        seen.append(message.data)

    async with _running(bus, message_by_message(quick)):
        await _until_empty(bus)
    assert sorted(seen) == [b"0", b"1", b"2", b"3"]


async def test_what_our_full_account_refuses_is_known_as_that_and_taken_when_there_is_room(
    server: Server, bus: Bus
) -> None:
    await bus.publish(REPORT, b"{}", msg_id="dukcapil-0")
    async with account_full(from_variables(server.authority), server.url):
        with pytest.raises(APIError) as refused:
            await bus.publish(REPORT, b"{}", msg_id="dukcapil-1", give_up_after=0)
        assert has_no_room(refused.value)
    assert not (await bus.publish(REPORT, b"{}", msg_id="dukcapil-1")).duplicate


async def test_a_user_of_another_operator_is_said_so_and_leaves_no_socket(server: Server) -> None:
    stranger = from_variables(new_authority()).user("intake")
    with pytest.raises(BusUserUnknown):
        await connect(server.url, "test", credentials=stranger)


@asynccontextmanager
async def _running(
    bus: Bus, handle: BatchHandler, bury: Bury | None = None, **options: object
) -> AsyncIterator[None]:
    async def unexpected(message: Msg, bad: BadMessage) -> None:
        raise AssertionError(bad)

    consumer = Consumer(bus, INTAKE, handle, bury or unexpected, **options)  # type: ignore[arg-type]
    task = asyncio.create_task(consumer.run())
    try:
        yield
    finally:
        consumer.stop()
        await task


def _made(kind: type[Exception]) -> Exception:
    """One of the database's errors, as its library makes them."""
    if issubclass(kind, DBAPIError):
        return kind("SELECT 1", {}, Exception("gone"))
    return kind("gone")


async def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def _until_empty(bus: Bus, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while (await bus.js.stream_info(INGEST_REPORTS.name)).state.messages:
            await asyncio.sleep(0.05)
