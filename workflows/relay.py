"""The relay: carries outbox rows to NATS, each report's in order, none lost, none doubled."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from shared.bus.connection import Bus, connect
from shared.settings import Settings
from workflows.running import AWAY, pause, run_process

log = logging.getLogger(__name__)

BATCH: Final = 500
IN_FLIGHT: Final = 100
"""Reports whose rows are published at a time."""
LOCK: Final = 0x4C41504F52
"""The advisory lock that makes the relay one, however many are started."""

_IDLE, _LONGEST_IDLE = 0.02, 0.25

Row = tuple[int, int, str, str, dict[str, str], bytes]


async def relay(settings: Settings, stopping: asyncio.Event) -> None:
    """Publish until told to stop. Losing the database is losing the lock: begin again."""
    connecting = asyncio.create_task(connect(settings.nats_url, "relay"))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({connecting, stop}, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done():
        connecting.cancel()
        return
    bus, missing = connecting.result(), False
    while not stopping.is_set():
        try:
            async with await psycopg.AsyncConnection.connect(
                dsn(settings.database_url), autocommit=True, application_name="lapor-relay"
            ) as connection:
                missing = False
                if await _is_the_one(connection):
                    await _carry(connection, bus, stopping)
        except AWAY as error:
            if not missing:
                log.warning("the database is away (%s), trying on", type(error).__name__)
            missing = True
        except psycopg.Error as error:
            log.warning("the database is not ready (%s), trying on", type(error).__name__)
        await pause(1, stopping)
    await bus.close()


def dsn(database_url: str) -> str:
    """The address as psycopg itself wants it."""
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)


async def _is_the_one(connection: psycopg.AsyncConnection[Any]) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
    return row is not None and bool(row[0])


async def _carry(
    connection: psycopg.AsyncConnection[Any], bus: Bus, stopping: asyncio.Event
) -> None:
    """One batch after another. What is read is what is unpublished, never from a cursor on:
    transactions commit out of order."""
    idle = _IDLE
    while not stopping.is_set():
        rows: Sequence[Row] = await (await connection.execute(_ROWS, (BATCH,))).fetchall()
        published = await _publish(rows, bus)
        if published:
            await connection.execute(
                "DELETE FROM lifecycle.outbox WHERE id = ANY(%s)", (published,)
            )
        if len(published) == BATCH:
            continue
        idle = _IDLE if published else min(idle * 1.5, _LONGEST_IDLE)
        await pause(idle if len(published) == len(rows) else 1.0, stopping)


async def _publish(rows: Sequence[Row], bus: Bus) -> list[int]:
    """The ids of the rows the stream has. Rows of one report go one after the other."""
    of_report: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        of_report[row[1]].append(row)
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def in_order(mine: list[Row]) -> list[int]:
        done: list[int] = []
        async with gate:
            for row_id, _, subject, message_id, headers, body in mine:
                try:
                    await bus.publish(subject, bytes(body), msg_id=message_id, headers=headers)
                except (NatsError, APIError, TimeoutError) as error:
                    log.warning("%s stays in the outbox: %s", message_id, type(error).__name__)
                    break
                done.append(row_id)
        return done

    ids = await asyncio.gather(*(in_order(mine) for mine in of_report.values()))
    return [row_id for mine in ids for row_id in mine]


_ROWS = """
SELECT id, number, subject, message_id, headers, body FROM lifecycle.outbox ORDER BY id LIMIT %s
"""

if __name__ == "__main__":
    run_process("relay", relay)
