"""Passes on files of the services as they come, with a limit for each visitor."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import httpx
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http.problems import too_many
from shared.http.streams import until_stopping


@dataclass(frozen=True)
class ServiceFile:
    """A service's answer whose body is not read yet. Always call `close`."""

    answer: httpx.Response
    close: Callable[[], Awaitable[None]]


class VisitorSlots:
    """Limits how many files one visitor fetches at a time, so that a slow reader does not keep
    others waiting. `patience` is in seconds."""

    def __init__(self, each: int = 20, patience: float = 10.0) -> None:
        self._each = each
        self._patience = patience
        self._slots: dict[str, tuple[asyncio.Semaphore, int]] = {}

    async def take(self, visitor: str) -> None:
        """Wait for a slot. Raises the 429 problem if none becomes free in time."""
        semaphore, users = self._slots.get(visitor) or (asyncio.Semaphore(self._each), 0)
        self._slots[visitor] = semaphore, users + 1
        try:
            async with asyncio.timeout(self._patience):
                await semaphore.acquire()
        except BaseException as error:
            self._leave(visitor)
            if isinstance(error, TimeoutError):
                raise too_many(round(self._patience)) from None
            raise

    def give_back(self, visitor: str) -> None:
        self._slots[visitor][0].release()
        self._leave(visitor)

    def _leave(self, visitor: str) -> None:
        semaphore, users = self._slots[visitor]
        if users == 1:
            del self._slots[visitor]
        else:
            self._slots[visitor] = semaphore, users - 1


class PassedOn(StreamingResponse):
    """The same file with the same safe headers; caches never store it."""

    def __init__(self, file: ServiceFile) -> None:
        self._file = file
        headers = {n: file.answer.headers[n] for n in _KEPT if n in file.answer.headers}
        super().__init__(file.answer.aiter_raw(), headers={**headers, "Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also if the visitor left before the first byte
            await self._file.close()


class Live(StreamingResponse):
    """A stream of events that lasts until the service ends it, the visitor leaves, or this process
    stops."""

    def __init__(self, stream: ServiceFile, stopping: asyncio.Event) -> None:
        self._stream = stream
        super().__init__(
            until_stopping(stopping, _while_it_lasts(stream.answer)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._stream.close()


async def _while_it_lasts(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    with suppress(httpx.TransportError):  # the service is unavailable: the browser connects again
        async for piece in answer.aiter_raw():
            yield piece


_KEPT = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-security-policy",
    "x-content-type-options",
)
