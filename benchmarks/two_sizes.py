"""The same questions to two stacks: one with few reports, one with as many as a nation has."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.figures import Aim, Figure
from benchmarks.http import Connection
from benchmarks.loading.load import TOP, load, look_at_disk
from benchmarks.measuring import Once, Run, for_some_seconds, quantile
from benchmarks.part import Size
from benchmarks.run import say
from benchmarks.stack import Stack, running

FEW = 10_000
_PROCESSES = ("intake", "routing", "reporting")
POSTGRES = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""Of both sizes."""


@dataclass(frozen=True)
class TwoSizes:
    """A small and a large stack, with how many reports each has."""

    small: Stack
    large: Stack
    few: int
    many: int
    opened: AsyncExitStack

    @property
    def other(self) -> str:
        """What the floor is."""
        return f"{self.few:,} reports, not {self.many:,}"

    async def asking(self, service: str, path: str, username: str | None) -> tuple[Once, Once]:
        """One GET to a service of each, by a member of staff or, without one, by anybody."""
        small = await self._asking(self.small, service, path, username)
        return small, await self._asking(self.large, service, path, username)

    async def _asking(self, stack: Stack, service: str, path: str, username: str | None) -> Once:
        connection = Connection(getattr(stack.addresses, f"{service}_url"))
        self.opened.push_async_callback(connection.close)
        bearer = await stack.bearer(username) if username else {}

        async def once() -> None:
            await connection.get(path, bearer)

        return once


@asynccontextmanager
async def two_sizes(size: Size) -> AsyncIterator[TwoSizes]:
    """With LAPOR_BENCH_DATA, the large one is what `benchmarks.loading.load` has put into that
    folder; without, it is loaded here and removed: ten million take an hour."""
    kept = os.environ.get("LAPOR_BENCH_DATA")
    folder = Path(kept) if kept else None
    few, wanted = size.of(FEW, FEW, 200), size.of(TOP, 60_000, 1_000)
    async with AsyncExitStack() as opened:
        small = await opened.enter_async_context(running(_PROCESSES, postgres=POSTGRES))
        await load(small, few, silent)
        if folder is None:
            look_at_disk(Path(small.addresses.data_dir).parent, wanted)
        large = await opened.enter_async_context(
            running(_PROCESSES, folder=folder, postgres=POSTGRES)
        )
        if folder is None:
            await load(large, wanted, say)
        yield TwoSizes(small, large, few, await reports_of(large), opened)


async def compared(
    sizes: TwoSizes,
    what: str,
    pair: tuple[Once, Once],
    size: Size,
    aim: Aim | None,
    workers: int = 1,
) -> Figure:
    """The p95 of the large one beside that of the small one, measured in turn."""
    few, many = await measured_in_turn(pair, size, workers)
    ours, floor = quantile(many, 0.95) * 1000, quantile(few, 0.95) * 1000
    return Figure(f"{what}, p95", "ms", ours, ours / floor, floor, sizes.other, aim)


async def measured_in_turn(
    pair: tuple[Once, Once], size: Size, workers: int = 1
) -> tuple[Sequence[Run], Sequence[Run]]:
    """Rounds of the small one and of the large one; the first of each is not given."""
    runs: tuple[list[Run], list[Run]] = ([], [])
    for _ in range(size.rounds + 1):
        for kept, once in zip(runs, pair, strict=True):
            kept.append(await for_some_seconds(size.seconds / 2, [once] * workers))
    return runs[0][1:], runs[1][1:]


async def reports_of(stack: Stack) -> int:
    """How many are loaded there."""
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        query = "SELECT count(*) FROM lifecycle.report WHERE number <= %s"
        row = await (await connection.execute(query, (TOP,))).fetchone()
    assert row is not None
    return int(row[0])


def silent(_words: str) -> None:
    """Few are loaded in no time."""
