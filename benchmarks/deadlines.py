"""Very many deadlines of one midnight, while people give commands: how late each is recorded."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from benchmarks.dated_clocks import COMMIT_TIMES, accept, date_clocks, lateness
from benchmarks.figures import Figure, at_most
from benchmarks.measuring import quantile
from benchmarks.part import Size
from benchmarks.run import say
from benchmarks.stack import running
from benchmarks.stack_access import PROCESSES, open_stack, quiet, verifying_for

LATENESS, COMMANDS = at_most(5, "s"), at_most(2)
LAUNCHES = 25
"""That a slow machine launches a second: so long before the midnight they are accepted."""


async def deadlines(_: None, size: Size) -> list[Figure]:
    """As at the end of the first working day after days off: the deadlines have one end, and are
    spread by number over ten minutes. Lateness is from a stored deadline to the commit of its
    step; the runs are started by the product's own launcher, before."""
    reports, spread = size.of(10_000, 60, 10), size.of(600, 8, 5)
    held_back = [name for name in PROCESSES if name != "relay"]
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(
            running(held_back, temporal=True, postgres=COMMIT_TIMES)
        )
        await accept(stack, reports)
        midnight = datetime.now(UTC) + timedelta(seconds=size.of(20, 10, 10) + reports / LAUNCHES)
        numbers = await date_clocks(stack, midnight, spread)
        await stack.start_process("relay")
        access = await opened.enter_async_context(open_stack(stack))
        await quiet(access.stack)
        say(f"{len(numbers):,} launched, {(midnight - datetime.now(UTC)).seconds} s to midnight")
        before = await verifying_for(access, size.of(20.0, 5.0, 0.5))
        await asyncio.sleep(max((midnight - datetime.now(UTC)).total_seconds(), 0))
        meanwhile = await verifying_for(await access.renewed(), spread)
        late = sorted(each.seconds for each in await lateness(stack, len(numbers)))
    p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
    name = f"{len(late):,} deadlines of one midnight"
    calm, busy = quantile([before], 0.95) * 1000, quantile([meanwhile], 0.95) * 1000
    return [
        Figure(f"{name}, lateness beyond the spread, p99", "s", p99, p99, aim=LATENESS),
        Figure(f"{name}, lateness beyond the spread, p50", "s", p50, p50),
        Figure("verify meanwhile, p95", "ms", busy, busy / calm, calm, "before them", COMMANDS),
    ]
