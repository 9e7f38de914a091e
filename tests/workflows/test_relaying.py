"""Rows that the stream refuses: they wait, theirs behind them, everybody else goes ahead."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from unittest.mock import create_autospec

import pytest
from nats.js.errors import (
    BadRequestError,
    NoStreamResponseError,
    ServerError,
    ServiceUnavailableError,
)
from psycopg.types.json import Jsonb

from shared.bus.connection import Bus
from shared.bus.streams import REPORTS
from shared.database.engine import raw
from shared.settings import Settings
from tests.conftest import SettingsOf, UrlOf
from tests.workflows.factory import Reports
from workflows.backoff import Backoff
from workflows.relay import BATCH, _publish, relay

REFUSED = {"Nats-Expected-Stream": "NOWHERE"}
SUBJECT = "lapor.v1.report.amended"


@pytest.fixture
async def relaying(
    bus: Bus, settings_for: SettingsOf, fresh_database: UrlOf, reports: Reports
) -> AsyncIterator[None]:
    url = fresh_database("lapor_relay")
    settings: Settings = settings_for("lapor_relay").model_copy(update={"database_url": url})
    stopping = asyncio.Event()
    running = asyncio.create_task(relay(settings, stopping))
    yield
    stopping.set()
    await running


async def test_more_refused_rows_than_a_batch_holds_keep_nobody_else_waiting(
    relaying: None, reports: Reports
) -> None:
    await _write(reports, [(number, REFUSED) for number in range(1, BATCH + 100)])
    await _write(reports, [(9_999, {})])
    await _until_gone(reports, 9_999)
    assert await reports.value("SELECT count(*) FROM lifecycle.outbox") == BATCH + 99


async def test_what_comes_after_a_refused_row_waits_for_it(
    relaying: None, reports: Reports, bus: Bus
) -> None:
    await _write(reports, [(1, REFUSED), (1, {}), (2, {})])
    await _until_gone(reports, 2)
    assert await reports.value("SELECT count(*) FROM lifecycle.outbox WHERE number = 1") == 2
    await reports.value(
        "UPDATE lifecycle.outbox SET headers = '{}' WHERE message_id = '1.0' RETURNING 1"
    )
    await _until_gone(reports, 1)
    info = await bus.js.stream_info(REPORTS.name)
    stored = [
        await bus.js.get_msg(REPORTS.name, info.state.first_seq + n)
        for n in range(info.state.messages)
    ]
    assert [message.data for message in stored] == [b"2.2", b"1.0", b"1.1"]


async def test_a_row_that_cannot_be_sent_stops_nobody(relaying: None, reports: Reports) -> None:
    await _write(reports, [(1, {"a": 5}), (1, {}), (2, {})])
    await _until_gone(reports, 2)
    assert await reports.value("SELECT count(*) FROM lifecycle.outbox WHERE number = 1") == 2


def test_a_report_is_left_alone_ever_longer_until_a_row_is_taken() -> None:
    now, waited = 0.0, []
    refusals = Backoff[int](clock=lambda: now)
    for _ in range(10):
        refusals.add(1)
        start = now
        while refusals.now():
            now += 1
        waited.append(now - start)
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    refusals.forget(1)
    refusals.add(1)
    assert refusals.now() == [1]
    now += 1
    assert refusals.now() == []


@pytest.mark.parametrize(
    ("trouble", "longest"),
    [
        pytest.param(BadRequestError(code=400, err_code=10002), 0, id="our_account_has_no_room"),
        pytest.param(ServerError(code=500, err_code=10047), 0, id="the_servers_disk_is_full"),
        pytest.param(ServiceUnavailableError(code=503, err_code=10077), 60, id="the_stream_is"),
        pytest.param(NoStreamResponseError(), 60, id="the_stream_has_no_leader"),
        pytest.param(BadRequestError(code=400, err_code=10060), 300, id="the_row_is_refused"),
    ],
)
async def test_a_trouble_of_the_streams_delays_no_row_once_it_is_over(
    trouble: Exception, longest: float
) -> None:
    now = 0.0
    refusals = Backoff[int](clock=lambda: now)
    bus = create_autospec(Bus, instance=True)
    bus.publish.side_effect = trouble
    for _ in range(20):
        assert await _publish([(1, 1, SUBJECT, "1.1", {}, b"")], bus, refusals) == []
        began = now
        while refusals.now():
            now += 1
    assert now - began == longest


async def _write(reports: Reports, rows: Sequence[tuple[int, Mapping[str, str | int]]]) -> None:
    async with reports.database.session() as session:
        connection = await raw(session)
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)"
                " VALUES (%s, %s, %s, %s, %s)",
                [
                    (
                        number,
                        SUBJECT,
                        f"{number}.{place}",
                        Jsonb(headers),
                        b"%d.%d" % (number, place),
                    )
                    for place, (number, headers) in enumerate(rows)
                ],
            )


async def _until_gone(reports: Reports, number: int) -> None:
    query = "SELECT count(*) FROM lifecycle.outbox WHERE number = :n"
    async with asyncio.timeout(120):
        while await reports.value(query, n=number):
            await asyncio.sleep(0.05)
