"""Commands and whole lives over HTTP, beside a bare workflow on the same server."""

from contextlib import AsyncExitStack
from statistics import median

from benchmarks.bare import BareWorkflow
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.measuring import Run, for_some_seconds, in_turn, rate, ratio, seconds_of
from benchmarks.part import Size
from benchmarks.stack_access import Clerk, StackAccess, quiet, start_bare

VERIFY_AIM, LIVES_AIM = at_most(1.7), at_least(0.7)
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
        await quiet(access)
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
        )
    ]


async def living(access: StackAccess, size: Size) -> list[Figure]:
    """Lives a second with some clerks at work."""
    clerks, seconds = size.of(8, 8, 2), 2 * size.seconds
    async with AsyncExitStack() as opened:
        lives = [Clerk(access, opened).life for _ in range(clerks)]

        async def ours() -> Run:
            run = await for_some_seconds(seconds, lives)
            await quiet(access)
            return run

        async def bare() -> None:
            handle = await start_bare(access, STEPS)
            for _ in range(STEPS):
                await handle.execute_update(BareWorkflow.step, "once")

        runs, floor = await in_turn(
            size.rounds, ours, lambda: for_some_seconds(seconds, [bare] * clerks)
        )
    return [
        Figure(
            name=f"submit, verify, follow up, close; {clerks} at a time",
            unit="lives/s",
            ours=rate(runs),
            floor=rate(floor),
            floor_is=f"a bare workflow of {STEPS} such updates",
            score=ratio(runs, floor),
            aim=LIVES_AIM,
        )
    ]
