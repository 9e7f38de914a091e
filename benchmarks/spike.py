"""A spike: for a minute ten times what usually comes, accepted, read and verified."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import orjson

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.http import Connection
from benchmarks.measuring import at_a_rate
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack_access import Clerk, StackAccess, quiet

SUBMISSIONS, READINGS, VERIFICATIONS = 5, 10, 2
"""A second, as a busy day has them for this machine's part; the spike is ten times each."""
TIMES = 10
CLIENTS = 64
GREEDY = "203.0.113.7"
"""One address that submits all the time, more than the limit in any measured time: it is told to
wait."""
ACCEPTING, READING, VERIFYING = (
    "errors on accepting",
    "readings that failed",
    "verifications that failed",
)
Act = Callable[[Clerk], Awaitable[None]]
NONE, SOON = at_most(0), at_most(300, "s")


async def spike(access: StackAccess, size: Size) -> list[Figure]:
    """Whatever the answers take, as much is asked: who is slow does not slow the others down."""
    seconds = size.of(60, 5, 1)
    counted: Counter[str] = Counter()
    async with AsyncExitStack() as opened:
        clerks = [Clerk(access, opened) for _ in range(CLIENTS)]
        idle = asyncio.Queue[Clerk]()
        for clerk in clerks:
            idle.put_nowait(clerk)
        to_verify = [await clerks[0].submit() for _ in range(VERIFICATIONS * TIMES * seconds)]
        await quiet(access.stack)

        async def submit(clerk: Clerk) -> None:
            await _submit(clerk.intake, counted, submission_headers())

        async def greedy(clerk: Clerk) -> None:
            headers = submission_headers() | {"x-forwarded-for": GREEDY}
            await _submit(clerk.intake, counted, headers)

        async def read(clerk: Clerk) -> None:
            answer = await clerk.routing.exchange("GET", "/queue?tab=unverified", access.admin)
            counted[READING] += answer.status != 200

        async def verify(clerk: Clerk) -> None:
            await clerk.verify(to_verify.pop())

        async def at_a_rate(act: Act, rate: int, failed: str) -> None:
            counted[failed] += await _failures(act, rate, seconds, idle)

        await asyncio.gather(
            at_a_rate(submit, SUBMISSIONS * TIMES, ACCEPTING),
            at_a_rate(greedy, size.of(TIMES, 2 * TIMES, TIMES), ACCEPTING),
            at_a_rate(read, READINGS * TIMES, READING),
            at_a_rate(verify, VERIFICATIONS * TIMES, VERIFYING),
        )
        ended = time.perf_counter()
        await quiet(access.stack)
        caught_up = time.perf_counter() - ended
    told = counted["told to wait"]
    untold = counted["refused without Retry-After"]
    return [
        Figure("reports accepted", "", counted["accepted"], counted["accepted"]),
        Figure(ACCEPTING, "", counted[ACCEPTING], counted[ACCEPTING], aim=NONE),
        Figure(READING, "", counted[READING], counted[READING]),
        Figure(VERIFYING, "", counted[VERIFYING], counted[VERIFYING]),
        Figure("429 with Retry-After, to a greedy address", "", told, told, aim=at_least(1)),
        Figure("429 without Retry-After", "", untold, untold, aim=NONE),
        Figure("launched and told after the spike", "s", caught_up, caught_up, aim=SOON),
    ]


async def _submit(connection: Connection, counted: Counter[str], headers: dict[str, str]) -> None:
    answer = await connection.exchange("POST", "/reports", headers, orjson.dumps(report_form()))
    if answer.status == 201:
        counted["accepted"] += 1
    elif answer.status == 429:
        waits = "retry-after" in answer.headers
        counted["told to wait" if waits else "refused without Retry-After"] += 1
    else:
        counted[ACCEPTING] += 1


async def _failures(act: Act, rate: int, seconds: float, idle: asyncio.Queue[Clerk]) -> int:
    """Do it so many times a second, each when it is due, by whichever client is idle. How many
    of them got no answer."""
    failures = 0

    async def once() -> None:
        nonlocal failures
        clerk = await idle.get()
        try:
            await act(clerk)
        except Exception:  # noqa: BLE001  whatever it is, it was no answer
            failures += 1
        finally:
            idle.put_nowait(clerk)

    await at_a_rate(rate, seconds, once)
    return failures
