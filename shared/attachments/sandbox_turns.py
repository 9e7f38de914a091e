"""Decides which sandbox jobs run and which wait, by a number and a sum of memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from shared.resilience.busy import Busy


class SandboxBusy(Busy):
    """Too many files wait already; the same file may be sent again a little later."""


class GaveWay(SandboxBusy):
    """A job in the background was ended because another job waits; it may run again later."""


class Turns:
    """The turns of jobs, in order of arrival, within a number and a sum of memory."""

    def __init__(self, at_once: int, memory: int, most_waiting: int, patience: float) -> None:
        self._free = at_once
        self._memory = memory
        self._all_memory = memory
        self._most_waiting = most_waiting
        self._patience = patience
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._leave: asyncio.Event | None = None  # of the one in the background

    @asynccontextmanager
    async def in_turn(self, memory: int) -> AsyncIterator[None]:
        memory = min(memory, self._all_memory)
        await self._take(memory)
        try:
            yield
        finally:
            self._give_back(memory)

    @contextmanager
    def in_background(self, memory: int) -> Iterator[asyncio.Event]:
        """A turn while no other job waits; the event is set when one does."""
        memory = min(memory, self._all_memory)
        if self._leave or self._waiting or not self._free or memory > self._memory:
            raise SandboxBusy
        self._free -= 1
        self._memory -= memory
        self._leave = asyncio.Event()
        try:
            yield self._leave
        finally:
            self._leave = None
            self._give_back(memory)

    async def _take(self, memory: int) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise SandboxBusy
        turn = asyncio.get_running_loop().create_future()
        waiter = (memory, turn)
        self._waiting.append(waiter)
        self._let_in()
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                self._let_in()  # who waited behind a large one may fit
            elif turn.done() and not turn.cancelled():
                self._give_back(memory)
            if isinstance(error, TimeoutError):
                raise SandboxBusy from None
            raise

    def _give_back(self, memory: int) -> None:
        self._free += 1
        self._memory += memory
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._free and self._waiting[0][0] <= self._memory:
            memory, turn = self._waiting.popleft()
            if turn.cancelled():
                continue
            self._free -= 1
            self._memory -= memory
            turn.set_result(None)
        if self._waiting and self._leave:
            self._leave.set()
