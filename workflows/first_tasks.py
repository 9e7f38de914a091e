"""When a run gets its first task: at once, or, while many are started, when it is quieter."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.lifecycle.state import ReportState

BEHIND: Final = 200
"""Reports that may wait for their launch, or, launched, for their first task, before those of
others are put off."""
QUIET_AFTER: Final = 60.0
"""Seconds until the first of the tasks that are put off."""
SHARE: Final = 4
"""So many times what a launch takes, while many wait, lies between two tasks that are put off: the
rest is for commands and deadlines, on however slow or busy a machine."""
A_SECOND: Final = 20.0
"""Tasks put off for each second at the most."""
_SMOOTHED: Final = 50
"""Launches over which the time that one takes is smoothed."""
_AWAY: Final = 1.0
"""Seconds that a launch may take before something is away, which tells nothing of the pace."""
AT_ONCE_A_SECOND: Final = 40.0
"""What a worker does of first tasks beside commands; what is started faster piles up."""
BEFORE_DEADLINE: Final = timedelta(seconds=30)
"""The first task comes so long before the first deadline, so that a timer keeps it exactly."""


@dataclass
class FirstTasks:
    """Spreads the first tasks of the runs that one process starts. A run whose first task is put
    off is as durable as any, and what comes through the gateway gets it its task at once (a signal
    typed by an operator waits for it)."""

    clock: Callable[[], float] = time.monotonic
    _busy_until: float = field(default=0.0)
    _next: float = field(default=0.0)
    _launched: float | None = field(default=None)
    _launch_takes: float = field(default=1 / (SHARE * A_SECOND))

    def delay(self, state: ReportState, at: datetime, waiting: int) -> timedelta:
        """How long after `at` (now) the run begins its work; zero is at once. `waiting` reports
        wait to be launched."""
        now = self.clock()
        self._measure(now, waiting)
        self._busy_until = max(self._busy_until, now)
        if waiting <= BEHIND and self._busy_until - now <= BEHIND / AT_ONCE_A_SECOND:
            self._busy_until += 1 / AT_ONCE_A_SECOND
            return timedelta()
        self._next = max(self._next, now + QUIET_AFTER)
        delay = timedelta(seconds=self._next - now)
        self._next += max(SHARE * self._launch_takes, 1 / A_SECOND)
        clock = state.next_clock
        if clock is not None and clock.deadline is not None:
            delay = min(delay, clock.deadline - BEFORE_DEADLINE - at)
        return max(delay, timedelta())

    def _measure(self, now: float, waiting: int) -> None:
        """How long a launch takes, told by when the next one begins: only while many wait does
        that say what this machine does, and not how many reports come."""
        if waiting > BEHIND and self._launched is not None:
            took = now - self._launched
            if took < _AWAY:
                self._launch_takes += (took - self._launch_takes) / _SMOOTHED
        self._launched = now if waiting > BEHIND else None
