"""What is asked at the same time, answered together."""

import asyncio
from collections.abc import Sequence

from shared.batcher import Batcher


async def test_who_asks_while_all_lanes_are_busy_is_answered_with_the_next_batch() -> None:
    batches: list[list[int]] = []
    go_on = asyncio.Event()

    async def together(asked: Sequence[int]) -> list[int]:
        batches.append(list(asked))
        await go_on.wait()
        return [-number for number in asked]

    batcher = Batcher(together, lanes=2)
    answers = []
    for number in (1, 2, 3, 4):
        answers.append(asyncio.create_task(batcher.ask(number)))
        for _ in range(3):  # until a lane has taken it, if one is idle
            await asyncio.sleep(0)
    assert batches == [[1], [2]]

    go_on.set()
    assert await asyncio.gather(*answers) == [-1, -2, -3, -4]
    assert batches == [[1], [2], [3, 4]]
    assert await batcher.ask(5) == -5


async def test_who_ends_waits_for_what_is_being_answered_though_nobody_asks_any_more() -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()
    ended: list[int] = []

    async def together(asked: Sequence[int]) -> list[int]:
        begun.set()
        await goes_on.wait()
        ended.extend(asked)
        return list(asked)

    batcher = Batcher[int, int](together)
    await batcher.finish()  # nothing was asked
    asking = asyncio.create_task(batcher.ask(1))
    await begun.wait()
    asking.cancel()
    finishing = asyncio.create_task(batcher.finish())
    await asyncio.wait([asking])
    assert not finishing.done()
    goes_on.set()
    await finishing
    assert ended == [1]
