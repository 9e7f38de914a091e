"""How many runs are started at the same time: one by one while people work on reports."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Final

ALONE: Final = 16
"""While no steps are recorded: enough to keep a server's store busy. More would queue there, ahead
of every step."""
BESIDE_STEPS: Final = 1
"""While steps are recorded. Commands and deadlines then take less than twice as long as without
launches, and launches go on at half their pace. A report is durable before it is launched."""
QUIET_AFTER: Final = 1.0
"""Seconds without a step after which nobody seems to be working."""


class LaunchSlots:
    """Use `async with` around the start of a run.

    One object serves all that a process starts and records. `clock` is in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_from = -math.inf
        self._taken = 0
        self._free = asyncio.Condition()

    def note_step(self) -> None:
        """Note that a step of a command or a clock is being recorded."""
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
