"""Rebuilds all statistics from the histories: `lapor statistics rebuild`."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import delete, func, select
from sqlmodel import col

from services.reporting.statistics.models import FactRow, HeldTallyRow, HoldingRow, TallyRow
from services.reporting.statistics.updates import Changes, lock_statistics, recount, store
from shared.database.engine import Database, plan_each_time, raw
from shared.database.lifecycle import Report

AT_ONCE: Final = 5_000
KEPT: Final = 100_000
"""The most tallies, each of one agency and day, kept in memory until they are written: some 200
MB."""


async def rebuild(database: Database, progress: Callable[[int, int], None]) -> int:
    """Rebuild all statistics in one transaction and return the number of reports. Readers see the
    former statistics until the end; an interruption leaves these unchanged. Events wait meanwhile.
    `progress` is called with the number of reports done and the number of all."""
    done = 0
    async with database.session() as session:
        connection = await raw(session)
        await lock_statistics(connection)
        await plan_each_time(session)  # one from when the tables were empty would read all of them
        for table in (FactRow, TallyRow, HoldingRow, HeldTallyRow):
            await session.execute(delete(table))
        total = await session.scalar(select(func.count(col(Report.number)))) or 0
        last, changes = 0, Changes()
        while True:
            page = await connection.execute(_NUMBERS, (last, AT_ONCE))
            numbers = [number for (number,) in await page.fetchall()]
            if not numbers:
                await store(connection, changes)
                return done
            done += await recount(connection, numbers, changes)
            if len(changes) >= KEPT:
                await store(connection, changes)
                changes = Changes()
            last = numbers[-1]
            progress(done, max(total, done))


_NUMBERS = "SELECT number FROM lifecycle.report WHERE number > %s ORDER BY number LIMIT %s"
