"""Commands and whole lives over HTTP, beside a bare workflow on the same server."""

import asyncio
from contextlib import AsyncExitStack
from statistics import median

from benchmarks.bare import BareWorkflow
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import Run, for_some_seconds, in_turn, rates, seconds_of, tail
from benchmarks.part import Size
from benchmarks.stack_access import Clerk, StackAccess, quiet, start_bare

VERIFY_AIM, LIVES_AIM = at_most(0.7), at_least(1.2)
RATE_AIM, SPREAD_AIM = at_least(60, "per s"), at_most(2)
AT_ONCE = 8
"""Clerks at work at the same time."""
STEPS = 3
"""Of a life, after its submission: verify, follow up, close."""


async def verifying(access: StackAccess, size: Size) -> list[Figure]:
    """One command at a time, each beside one bare update."""
    times = size.of(150, 40, 2)
    ours: list[float] = []
    floor: list[float] = []
    async with AsyncExitStack() as opened:
        clerk = Clerk(access, opened)
        numbers = [await clerk.submit() for _ in range(times)]
        await quiet(access.stack)
        bare = [await start_bare(access, 1) for _ in range(times)]
        for number, handle in zip(numbers, bare, strict=True):
            ours.append(await seconds_of(clerk.verify(number)))
            floor.append(await seconds_of(handle.execute_update(BareWorkflow.step, "once")))
    warm = max(1, times // 5)
    a, b = median(ours[warm:]) * 1000, median(floor[warm:]) * 1000
    return [
        Figure(
            name="verify over HTTP, p50",
            unit="ms",
            ours=a,
            floor=b,
            floor_is="a bare update, one activity",
            score=a / b,
            aim=VERIFY_AIM,
        ),
        *await _verifying_at_once(access, size.of(60, 20, 1)),
    ]


async def _verifying_at_once(access: StackAccess, each: int) -> list[Figure]:
    """By some clerks at the same time."""
    run = Run()
    async with AsyncExitStack() as opened:
        clerks = [Clerk(access, opened) for _ in range(AT_ONCE)]
        numbers = [[await clerk.submit() for _ in range(each)] for clerk in clerks]
        await quiet(access.stack)

        async def verify_all(clerk: Clerk, own: list[int]) -> None:
            for number in own:
                run.took.append(await seconds_of(clerk.verify(number)))

        run.seconds = await seconds_of(asyncio.gather(*map(verify_all, clerks, numbers)))
    return [
        Figure(
            name=f"verify over HTTP, {AT_ONCE} clients",
            unit="per s",
            ours=run.rate,
            score=run.rate,
            aim=RATE_AIM,
        ),
        tail(f"p99 of {AT_ONCE} clients", [run], SPREAD_AIM),
    ]


async def living(access: StackAccess, size: Size) -> list[Figure]:
    """Lives a second with some clerks at work."""
    clerks, seconds = size.of(AT_ONCE, AT_ONCE, 2), 2 * size.seconds
    async with AsyncExitStack() as opened:
        lives = [Clerk(access, opened).life for _ in range(clerks)]

        async def ours() -> Run:
            run = await for_some_seconds(seconds, lives)
            await quiet(access.stack)
            return run

        async def bare() -> None:
            handle = await start_bare(access, STEPS)
            for _ in range(STEPS):
                await handle.execute_update(BareWorkflow.step, "once")

        runs, floor = await in_turn(
            size.rounds, ours, lambda: for_some_seconds(seconds, [bare] * clerks)
        )
    return [
        rates(
            f"submit, verify, follow up, close; {clerks} at a time",
            "lives/s",
            runs,
            floor,
            f"a bare workflow of {STEPS} such updates",
            LIVES_AIM,
        )
    ]
