"""Very many deadlines of one midnight, while people give commands: how late each is recorded."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.figures import Figure, at_most
from benchmarks.http import Connection
from benchmarks.measuring import Run, for_some_seconds, quantile, seconds_of
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.run import say
from benchmarks.stack import Stack, running
from benchmarks.stack_access import PROCESSES, Clerk, StackAccess, open_stack, quiet

LATENESS, COMMANDS = at_most(5, "s"), at_most(2)
SUBMITTING, CLERKS = 16, 2
LAUNCHES = 25
"""That a slow machine launches a second: so long before the midnight they are accepted."""
PATIENCE = 1800
"""Seconds after which deadlines that have not been recorded are given up."""


async def deadlines(_: None, size: Size) -> list[Figure]:
    """As at the end of the first working day after days off: the deadlines have one end, and are
    spread by number over ten minutes. Lateness is from a stored deadline to the commit of its
    step; the runs are started by the product's own launcher, before."""
    reports, spread = size.of(10_000, 300, 10), size.of(600, 60, 5)
    held_back = [name for name in PROCESSES if name != "relay"]
    options = {"track_commit_timestamp": "on"}
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(
            running(held_back, temporal=True, postgres=options)
        )
        await _accept(stack, reports)
        midnight = datetime.now(UTC) + timedelta(seconds=20 + reports / LAUNCHES)
        numbers = await _end_at(stack, midnight, spread)
        await stack.start_process("relay")
        access = await opened.enter_async_context(open_stack(stack))
        await quiet(access)
        say(f"{len(numbers):,} launched, {(midnight - datetime.now(UTC)).seconds} s to midnight")
        before = await _commands(access, size.of(20.0, 5.0, 0.5))
        await asyncio.sleep(max((midnight - datetime.now(UTC)).total_seconds(), 0))
        meanwhile = await _commands(access, spread)
        late = await _recorded(stack, len(numbers))
    late.sort()
    p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
    name = f"{len(late):,} deadlines of one midnight"
    calm, busy = quantile([before], 0.95) * 1000, quantile([meanwhile], 0.95) * 1000
    return [
        Figure(f"{name}, lateness beyond the spread, p99", "s", p99, p99, aim=LATENESS),
        Figure(f"{name}, lateness beyond the spread, p50", "s", p50, p50),
        Figure("verify meanwhile, p95", "ms", busy, busy / calm, calm, "before them", COMMANDS),
    ]


async def _accept(stack: Stack, reports: int) -> None:
    """Through intake, with nobody to launch them yet."""
    left = iter(range(reports))

    async def submitting() -> None:
        connection = Connection(stack.addresses.intake_url)
        for _ in left:
            await connection.post("/reports", report_form(), submission_headers())
        await connection.close()

    await asyncio.gather(*(submitting() for _ in range(SUBMITTING)))


async def _end_at(stack: Stack, midnight: datetime, spread: int) -> Sequence[int]:
    """Date their verification clocks to one end, spread as `calendar.spread` does; the numbers."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        dated = await connection.execute(_DATED, {"midnight": midnight, "spread": spread})
        return [number for (number,) in await dated.fetchall()]


async def _commands(access: StackAccess, seconds: float) -> Run:
    """Verifications of other reports, one after the other by a few people."""
    async with AsyncExitStack() as opened:
        clerks = [Clerk(access, opened) for _ in range(CLERKS)]
        run = Run()

        async def verifying(clerk: Clerk) -> None:
            number = await clerk.submit()
            run.took.append(await seconds_of(clerk.verify(number)))

        loops = [(lambda clerk=clerk: verifying(clerk)) for clerk in clerks]
        run.seconds = (await for_some_seconds(seconds, loops)).seconds
        return run


async def _recorded(stack: Stack, reports: int) -> list[float]:
    """Seconds from each deadline to the commit of its step, once all are recorded."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        begun = datetime.now(UTC)
        while True:
            late = await (await connection.execute(_LATE)).fetchall()
            if len(late) >= reports:
                return [float(seconds) for (seconds,) in late]
            if (datetime.now(UTC) - begun).total_seconds() > PATIENCE:
                raise TimeoutError(f"{len(late):,} of {reports:,} deadlines were recorded")
            await asyncio.sleep(1)


_DATED = """
WITH dated AS (
    SELECT number, %(midnight)s::timestamptz
        + make_interval(secs => number %% %(spread)s::int) AS deadline
    FROM lifecycle.report
)
UPDATE lifecycle.report r SET due_at = deadline, state = jsonb_set(
    state, '{clocks,0}', (state #> '{clocks,0}') || jsonb_build_object(
        'unit', 'seconds',
        'remaining', 'PT' || extract(epoch FROM
            deadline - (state #>> '{clocks,0,anchor}')::timestamptz) || 'S',
        'deadline', to_char(deadline AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
FROM dated WHERE dated.number = r.number RETURNING r.number
"""
"""A clock of seconds, as a trial policy's: no working calendar dates it anew."""
_LATE = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(h.xmin) - r.due_at)
FROM lifecycle.history h JOIN lifecycle.report r USING (number)
WHERE h.action = 'overdue'
"""
