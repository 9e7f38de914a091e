"""What is asked at the same time is answered together: one round trip, one commit serves all."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.resilience.away import DATABASE_AWAY

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batcher(Generic[Asked, Answer]):
    """Answers for the tasks of this process. While some are answered the next gather, so nobody
    waits for company, and the busier it is the less each one costs.

    `together` answers up to `most` in order, as `answered`; an exception among its answers is
    raised to the one who asked. `lanes` batches are answered at a time: with two, this process
    works at one while the database works at the other.
    """

    def __init__(
        self,
        together: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]],
        most: int = 100,
        lanes: int = 1,
    ) -> None:
        self._together = together
        self._most = most
        self._idle = lanes
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._working: set[asyncio.Task[None]] = set()

    async def ask(self, one: Asked) -> Answer:
        """The answer to this one; raises what went wrong with it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((one, answer))
        if self._idle:
            self._idle -= 1
            # In a context of its own: the trace of whoever came first is not everybody's.
            lane = loop.create_task(self._work(), context=contextvars.Context())
            self._working.add(lane)
            lane.add_done_callback(self._working.discard)
        return await answer

    async def finish(self) -> None:
        """Until nothing is being answered any more, for whomever: before what answers is closed."""
        if self._working:
            await asyncio.wait(self._working)

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            answers = await answered(self._together, [request for request, _ in batch])
            for (_, future), answer in zip(batch, answers, strict=True):
                if future.done():
                    continue  # who asked has gone
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        self._idle += 1


async def answered(
    together: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]],
    batch: Sequence[Asked],
) -> Sequence[Answer | Exception]:
    """What `together` answers. What it raises is the answer to one alone: of several, each is then
    tried by itself, unless the database is away."""
    try:
        return await together(batch)
    except _AWAY as error:
        return [error] * len(batch)
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        if len(batch) == 1:
            return [error]
        return [(await answered(together, [request]))[0] for request in batch]


_AWAY = (*DATABASE_AWAY, OSError)
