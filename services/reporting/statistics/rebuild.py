"""Makes all statistics anew from the histories: `lapor statistics rebuild`."""

from collections.abc import Callable
from typing import Final

from services.reporting.statistics.updates import alone, refresh
from shared.database.engine import Database, raw

AT_ONCE: Final = 5_000


async def rebuild(database: Database, progress: Callable[[int, int], None]) -> int:
    """In one transaction: readers see the former statistics until the end, and what is
    interrupted leaves these. Events wait meanwhile. `progress` is told how many reports of how
    many are done. Returns how many there are."""
    done = 0
    async with database.session() as session:
        connection = await raw(session)
        await alone(connection)
        await connection.execute("DELETE FROM reporting.fact")
        await connection.execute("DELETE FROM reporting.tally")
        found = await connection.execute("SELECT count(*) FROM lifecycle.report")
        [[total]] = await found.fetchall()
        last = 0
        while True:
            page = await connection.execute(_NUMBERS, (last, AT_ONCE))
            numbers = [number for (number,) in await page.fetchall()]
            if not numbers:
                return done
            done += await refresh(connection, numbers)
            last = numbers[-1]
            progress(done, max(total, done))


_NUMBERS = "SELECT number FROM lifecycle.report WHERE number > %s ORDER BY number LIMIT %s"
