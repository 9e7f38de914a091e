"""How many runs are started at a time: one after the other while reports are acted on."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Final

ALONE: Final = 16
"""As many as keep a server's store busy. What waits for the store waits before every step."""
BESIDE_STEPS: Final = 1
"""While steps are recorded: commands and deadlines then take less than twice as long as without
launches, which go on at half their pace. A report is durable before it is launched."""
QUIET_AFTER: Final = 1.0
"""Seconds without a step after which nobody seems to be at work."""


class LaunchSlots:
    """`async with` it while a run is started. One for all that a process starts and records;
    `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_from = -math.inf
        self._taken = 0
        self._free = asyncio.Condition()

    def note_step(self) -> None:
        """A command or a clock's step is being recorded."""
        self._quiet_from = self._clock() + QUIET_AFTER

    async def __aenter__(self) -> None:
        async with self._free:
            await self._free.wait_for(lambda: self._left() > 0)
            self._taken += 1

    async def __aexit__(self, *_: object) -> None:
        async with self._free:
            self._taken -= 1
            self._free.notify(max(self._left(), 0))

    def _left(self) -> int:
        most = BESIDE_STEPS if self._clock() < self._quiet_from else ALONE
        return most - self._taken
