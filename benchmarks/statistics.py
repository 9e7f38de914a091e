"""Pages of the statistics over very many reports, beside one indexed count; making them anew."""

import time
from contextlib import AsyncExitStack

import psycopg

from benchmarks.download_rows import fill_for_downloads
from benchmarks.figures import Figure
from benchmarks.http import Connection
from benchmarks.measuring import Once, for_some_seconds, in_turn, quantile
from benchmarks.part import Size
from benchmarks.stack import Stack, running
from services.reporting.statistics.rebuild import rebuild
from shared.database.engine import Database

WHO = "admin.pusat"
ASKED = {
    "Pengelolaan Laporan": "/statistics/management",
    "agencies below": "/statistics/agencies",
    "Pemanfaatan Data": "/statistics/usage",
}
_COUNT = """
SELECT count(*) FROM lifecycle.report
WHERE handler_id = (SELECT min(handler_id) FROM lifecycle.report) AND tab = 'in_process'
"""


async def statistics(_: None, size: Size) -> list[Figure]:
    """Of pusat, hence of all reports, for this year."""
    many = size.of(1_000_000, 30_000, 200)
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(running(["reporting"]))
        await fill_for_downloads(stack, many)
        found = [await _rebuilt(stack, many)]
        floor = await _count(stack, opened)
        for what, path in ASKED.items():
            found.append(await _page(stack, opened, what, path, floor, size))
    return found


async def _rebuilt(stack: Stack, many: int) -> Figure:
    database = Database(stack.settings("lapor_reporting").database_url, pool_size=1)
    begun = time.perf_counter()
    try:
        done = await rebuild(database, lambda _done, _total: None)
    finally:
        await database.dispose()
    rate = done / (time.perf_counter() - begun)
    what = f"statistics made anew, {many:,} reports"
    return Figure(what, "a second", rate, score=rate)


async def _page(
    stack: Stack,
    opened: AsyncExitStack,
    what: str,
    path: str,
    floor: Once,
    size: Size,
) -> Figure:
    connection, bearer = Connection(stack.addresses.reporting_url), await stack.bearer(WHO)
    opened.push_async_callback(connection.close)

    async def once() -> None:
        await connection.get(path, bearer)

    ours, counted = await in_turn(
        size.rounds,
        lambda: for_some_seconds(size.seconds / 2, [once]),
        lambda: for_some_seconds(size.seconds / 2, [floor]),
    )
    a, b = quantile(ours, 0.5) * 1000, quantile(counted, 0.5) * 1000
    return Figure(
        name=f"{what}, p50",
        unit="ms",
        ours=a,
        floor=b,
        floor_is="one indexed count",
        score=a / b,
    )


async def _count(stack: Stack, opened: AsyncExitStack) -> Once:
    connection = await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True)
    opened.push_async_callback(connection.close)

    async def once() -> None:
        await connection.execute(_COUNT)

    return once
