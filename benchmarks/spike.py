"""A spike: for a minute ten times what usually comes, accepted, read and verified."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import orjson

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.http import Connection
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack_access import Clerk, StackAccess, quiet

SUBMISSIONS, READINGS, VERIFICATIONS = 5, 10, 2
"""A second, as a busy day has them for this machine's part; the spike is ten times each."""
TIMES = 10
CLIENTS = 64
GREEDY = "203.0.113.7"
"""One address that submits all the time: it is told to wait."""
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
            counted["reading failed"] += answer.status != 200

        async def verify(clerk: Clerk) -> None:
            await clerk.verify(to_verify.pop())

        kinds: list[tuple[Callable[[Clerk], Awaitable[None]], int]] = [
            (submit, SUBMISSIONS * TIMES),
            (greedy, TIMES),
            (read, READINGS * TIMES),
            (verify, VERIFICATIONS * TIMES),
        ]
        await asyncio.gather(
            *(_at_a_rate(kind, rate, seconds, idle, counted) for kind, rate in kinds)
        )
        ended = time.perf_counter()
        await quiet(access.stack)
        caught_up = time.perf_counter() - ended
    errors = counted["failed"] + counted["submit failed"]
    told = counted["told to wait"]
    untold = counted["refused without Retry-After"]
    return [
        Figure("reports accepted", "", counted["accepted"], counted["accepted"]),
        Figure("errors on accepting", "", errors, errors, aim=NONE),
        Figure("readings that failed", "", counted["reading failed"], counted["reading failed"]),
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
        counted["submit failed"] += 1


async def _at_a_rate(
    act: Callable[[Clerk], Awaitable[None]],
    rate: int,
    seconds: float,
    idle: asyncio.Queue[Clerk],
    counted: Counter[str],
) -> None:
    """So many a second, each when it is due, by whichever client is idle."""

    async def once(due: float) -> None:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        clerk = await idle.get()
        try:
            await act(clerk)
        except Exception:  # noqa: BLE001  whatever it is, it was no answer
            counted["failed"] += 1
        finally:
            idle.put_nowait(clerk)

    begun = time.perf_counter()
    await asyncio.gather(*(once(begun + n / rate) for n in range(int(rate * seconds))))
