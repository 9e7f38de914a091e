"""Accepting for some time, and a burst, until all that follows acceptance is done as well."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.accepting import submitting
from benchmarks.dated_clocks import COMMIT_TIMES, accept, date_clocks, lateness
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import Once, Run, for_some_seconds, in_turn, quantile, rates
from benchmarks.part import Size
from benchmarks.stack import Stack, running
from benchmarks.stack_access import StackAccess, open_stack, quiet, verifying_for
from deploy.local.processes import PROCESSES
from shared.bus.connection import Bus, connect
from shared.bus.streams import DURABLES, REPORTS

SUSTAINED, COMPANY = at_least(80, "per s"), at_least(0.7)
DURABLE, QUIET, MEANWHILE = at_most(40, "s"), at_most(90, "s"), at_most(2)
CLIENTS, AT_ONCE = 8, 32
"""Of sustained accepting, and of a burst."""
_TO_BEGIN = 15
"""Seconds in which the relay has started and all is launched, on however busy a machine: a clock
that runs out before tells nothing."""


async def sustained(access: StackAccess, size: Size) -> list[Figure]:
    """Reports a second from the first submission until every process is done with the last: each is
    launched, its events are relayed, and statistics and webhooks have read them. First tasks that
    were put off come later, by design."""
    finished, accepting = [], []
    async with AsyncExitStack() as opened:
        bus = await opened.enter_async_context(_bus(access.stack))
        url = access.stack.addresses.intake_url
        workers = [submitting(url, opened) for _ in range(CLIENTS)]
        for _ in range(size.of(3, 1, 1)):
            begun = time.perf_counter()
            run = await for_some_seconds(size.of(20.0, 2.0, 0.2), workers)
            await _caught_up(access.stack, bus)
            finished.append(len(run.took) / (time.perf_counter() - begun))
            accepting.append(run.rate)
    rate = median(finished)
    return [
        Figure(
            f"accepted, launched and told, {CLIENTS} clients", "per s", rate, rate, aim=SUSTAINED
        ),
        Figure("accepting alone meanwhile", "per s", median(accepting), median(accepting)),
    ]


async def accepting_in_company(access: StackAccess, size: Size) -> list[Figure]:
    """Reports accepted while all that follows goes on, beside intake alone."""
    figures = []
    async with AsyncExitStack() as opened:
        bus = await opened.enter_async_context(_bus(access.stack))
        alone = await opened.enter_async_context(running(["intake"]))
        for clients in (CLIENTS, AT_ONCE):
            to_ours, to_alone = (
                [submitting(stack.addresses.intake_url, opened) for _ in range(clients)]
                for stack in (access.stack, alone)
            )

            async def by_itself(workers: Sequence[Once] = to_alone) -> Run:
                await _caught_up(access.stack, bus)
                return await for_some_seconds(size.seconds, workers)

            async def in_company(workers: Sequence[Once] = to_ours) -> Run:
                return await for_some_seconds(size.seconds, workers)

            ours, floor = await in_turn(size.of(5, 1, 1), in_company, by_itself)
            figures.append(
                rates(
                    f"accepting, everything running, {clients} clients",
                    "reports/s",
                    ours,
                    floor,
                    "intake alone",
                    COMPANY,
                )
            )
    return figures


async def burst(_: None, size: Size) -> list[Figure]:
    """Very many reports at once, while people verify and clocks of other reports run out."""
    reports = size.of(6_000, 600, 20)
    others, calm = size.of(400, 50, 10), size.of(20, 5, 5)
    window = 2 * calm
    """Seconds in which clocks of other reports run out, one half of them before the burst."""
    held_back = [process.name for process in PROCESSES if process.name != "relay"]
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(
            running(held_back, temporal=True, postgres=COMMIT_TIMES)
        )
        await accept(stack, others)
        first = datetime.now(UTC) + timedelta(seconds=_TO_BEGIN + others / 20)
        await date_clocks(stack, first, window)
        await stack.start_process("relay")
        access = await opened.enter_async_context(open_stack(stack))
        bus = await opened.enter_async_context(_bus(stack))
        await _caught_up(stack, bus)
        await asyncio.sleep((first - datetime.now(UTC)).total_seconds())
        before = await verifying_for(access, calm)
        begun, starts = time.perf_counter(), datetime.now(UTC)
        verifying = asyncio.create_task(verifying_for(access, calm))
        await accept(stack, reports, AT_ONCE)
        accepted = time.perf_counter() - begun
        await quiet(stack)
        durable = time.perf_counter() - begun
        meanwhile = await verifying
        await _caught_up(stack, bus)
        caught_up = time.perf_counter() - begun
        late = await lateness(stack, others)
    what = f"{reports:,} reports, {AT_ONCE} clients"
    calm_late = Run([each.seconds for each in late if each.deadline < starts])
    busy_late = Run([each.seconds for each in late if each.deadline >= starts])
    return [
        Figure(f"{what}: accepted after", "s", accepted, accepted),
        Figure("durable in Temporal after", "s", durable, durable, aim=DURABLE),
        Figure("launched, told and read after", "s", caught_up, caught_up, aim=QUIET),
        _beside("verify meanwhile", before, meanwhile),
        _beside("deadlines meanwhile, lateness", calm_late, busy_late),
    ]


def _beside(what: str, calm: Run, busy: Run) -> Figure:
    """The p95 during the burst beside that before it."""
    ours, floor = (quantile([run], 0.95) * 1000 for run in (busy, calm))
    return Figure(f"{what}, p95", "ms", ours, ours / floor, floor, "before it", MEANWHILE)


@asynccontextmanager
async def _bus(stack: Stack) -> AsyncIterator[Bus]:
    bus = await connect(stack.settings("lapor_intake").nats_url, "bench", patience=10)
    try:
        yield bus
    finally:
        await bus.close()


async def _caught_up(stack: Stack, bus: Bus) -> None:
    """Until every report is launched, every event relayed, and each follower has read it."""
    await quiet(stack)
    for follower in (durable for durable in DURABLES if durable.stream == REPORTS.name):
        while True:
            info = await bus.js.consumer_info(follower.stream, follower.name)
            if not info.num_pending and not info.num_ack_pending:
                break
            await asyncio.sleep(0.05)
