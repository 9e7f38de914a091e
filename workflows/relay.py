"""The relay: carries outbox rows to NATS, in order for each report, with no loss and no repeats.

A row that the stream refuses holds back the rows of its own report, and no others.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from nats.js.errors import APIError, NoStreamResponseError, ServiceUnavailableError
from prometheus_client import Counter

from shared.bus.connection import Bus, connect, has_no_room
from shared.database.address import connection_string
from shared.process import run_process
from shared.resilience.reasons import reason
from shared.resilience.set_aside import count_set_aside
from shared.resilience.stopping import pause, unless_stopped
from shared.settings import Settings
from shared.telemetry import registry
from workflows.backoff import Backoff

log = logging.getLogger(__name__)

BATCH: Final = 500
IN_FLIGHT: Final = 100
"""How many reports have rows being published at the same time."""
LOCK: Final = 0x4C41504F52
"""The advisory lock that lets only one relay work, however many are started."""

_IDLE, _LONGEST_IDLE = 0.02, 0.25
_NOT_SOON = (APIError, NoStreamResponseError, MaxPayloadError)
"""Errors with which a server that is reachable answers one row. Any other error concerns all
rows."""
_STREAMS = (NoStreamResponseError, ServiceUnavailableError)
"""Of these, the errors caused by the stream and not by the row: it has no leader, or no room."""
_STREAMS_LONGEST: Final = 60.0
"""Seconds. It is long so that rows of other streams get a turn: each refused row takes half a
minute."""

Row = tuple[int, int, str, str, dict[str, str], bytes]


async def relay(settings: Settings, stopping: asyncio.Event) -> None:
    """Publish until `stopping` is set. If the database is lost, so is the lock: begin again."""
    bus = await unless_stopped(stopping, connect(settings.nats_url, "relay"))
    address = connection_string(settings.database_url, "lapor-relay")
    missing, refusals = False, Backoff[int]()
    while not stopping.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(
                address, autocommit=True
            ) as connection:
                missing = False
                if await _got_lock(connection):
                    await _publish_batches(connection, bus, refusals, stopping)
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            if not missing:
                log.warning("the database is away (%s), trying on", reason(error))
            missing = True
        except psycopg.Error as error:
            log.warning("the database is not ready (%s), trying on", reason(error))
        await pause(1, stopping)
    await bus.close()


async def _got_lock(connection: psycopg.AsyncConnection[Any]) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
    return row is not None and bool(row[0])


async def _publish_batches(
    connection: psycopg.AsyncConnection[Any],
    bus: Bus,
    refusals: Backoff[int],
    stopping: asyncio.Event,
) -> None:
    """Publish one batch after another.

    Each reads the unpublished rows and not the rows after a cursor, because transactions commit out
    of order.
    """
    idle = _IDLE
    while not stopping.is_set():
        left_alone = refusals.now()
        cursor = await connection.execute(_ROWS, (left_alone, BATCH))
        rows: Sequence[Row] = await cursor.fetchall()
        published = await _publish(rows, bus, refusals)
        if published:
            await connection.execute(
                "DELETE FROM lifecycle.outbox WHERE id = ANY(%s)", (published,)
            )
        if len(rows) == BATCH and published:
            continue
        idle = _IDLE if published else min(idle * 1.5, _LONGEST_IDLE)
        await pause(idle if len(published) == len(rows) else 1.0, stopping)


async def _publish(rows: Sequence[Row], bus: Bus, refusals: Backoff[int]) -> list[int]:
    """Publish the rows and return the ids of those that the stream has stored.

    Rows of one report go one after the other.
    """
    of_report: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        of_report[row[1]].append(row)
    gate, full = asyncio.Semaphore(IN_FLIGHT), False

    async def in_order(report_rows: list[Row]) -> list[int]:
        nonlocal full
        done: list[int] = []
        async with gate:
            for row_id, number, subject, message_id, headers, body in report_rows:
                if full:
                    break
                try:
                    await bus.publish(subject, bytes(body), msg_id=message_id, headers=headers)
                except (NatsError, APIError, TimeoutError) as error:
                    _failed.inc()
                    if has_no_room(error):
                        if not full:
                            log.warning("NATS has no room: all stays in the outbox (%s)", error)
                        full = True
                        break
                    log.warning("%s stays in the outbox: %s", message_id, type(error).__name__)
                    if isinstance(error, _NOT_SOON):
                        refusals.add(number)
                    if isinstance(error, _STREAMS):
                        refusals.at_most(number, _STREAMS_LONGEST)
                    break
                except Exception as error:  # noqa: BLE001  this row is bad, the others are not
                    _failed.inc()
                    count_set_aside("relay", type(error).__name__, message_id)
                    refusals.add(number)
                    break
                _published.inc()
                refusals.forget(number)
                done.append(row_id)
        return done

    ids = await asyncio.gather(*(in_order(report_rows) for report_rows in of_report.values()))
    return [row_id for published in ids for row_id in published]


_published = Counter(
    "lapor_relay_published", "Outbox rows that the streams stored", registry=registry
)
_failed = Counter("lapor_relay_failed", "Failed tries to publish", registry=registry)
_ROWS = """
SELECT id, number, subject, message_id, headers, body FROM lifecycle.outbox
WHERE number <> ALL (%s) ORDER BY id LIMIT %s
"""

if __name__ == "__main__":
    run_process("relay", relay, "postgres", "nats")
