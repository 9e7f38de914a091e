"""Answers simultaneous requests together: one round trip and one commit serve all."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.resilience.away import DATABASE_AWAY

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batcher(Generic[Asked, Answer]):
    """Collects the requests of this process's tasks into batches.

    While one batch is answered the next one gathers, so nobody waits for others, and the busier the
    process is the less each request costs.

    `together` answers up to `most` requests in order, as in `answered`; an exception among its
    answers is raised to the task that asked. `lanes` batches are answered at a time: with two, this
    process works at one while the database works at the other.
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

    async def ask(self, request: Asked) -> Answer:
        """The answer to this request; raises its error."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((request, answer))
        if self._idle:
            self._idle -= 1
            # In its own context, because the trace of the first request does not belong to all.
            lane = loop.create_task(self._work(), context=contextvars.Context())
            self._working.add(lane)
            lane.add_done_callback(self._working.discard)
        return await answer

    async def finish(self) -> None:
        """Wait until nothing is being answered any more. To be called before its resources are
        closed."""
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
    """The answers of `together`.

    An error that it raises is the answer to a single request. Of several, each is then tried by
    itself, unless the database is away.
    """
    try:
        return await together(batch)
    except _AWAY as error:
        return [error] * len(batch)
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        if len(batch) == 1:
            return [error]
        return [(await answered(together, [request]))[0] for request in batch]


_AWAY = (*DATABASE_AWAY, OSError)
