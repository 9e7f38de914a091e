"""Commands and whole lives over HTTP, beside a bare workflow on the same server."""

from contextlib import AsyncExitStack
from statistics import median

from benchmarks.bare import BareWorkflow
from benchmarks.measuring import Figure, Run, for_some_seconds, in_turn, rate, ratio, seconds_of
from benchmarks.stack_access import Clerk, StackAccess, quiet, start_bare

VERIFY_AIM, LIVES_AIM = 1.7, 0.7
STEPS = 3
"""Of a life, after its submission: verify, follow up, close."""


async def verifying(access: StackAccess, times: int) -> list[Figure]:
    """One command at a time, each beside one bare update."""
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
            "commands",
            "verify over HTTP, p50",
            "ms",
            a,
            b,
            f"{a / b:.2f} x",
            f"≤ {VERIFY_AIM} x",
            a / b <= VERIFY_AIM,
            "a bare update, one activity",
        )
    ]


async def living(access: StackAccess, rounds: int, seconds: float, clerks: int = 8) -> list[Figure]:
    """Lives a second with some clerks at work."""
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
            rounds, ours, lambda: for_some_seconds(seconds, [bare] * clerks)
        )
    score = ratio(runs, floor)
    return [
        Figure(
            "lives",
            f"submit, verify, follow up, close; {clerks} at a time",
            "lives/s",
            rate(runs),
            rate(floor),
            f"{score:.2f}",
            f"≥ {LIVES_AIM}",
            score >= LIVES_AIM,
            f"a bare workflow of {STEPS} such updates",
        )
    ]
