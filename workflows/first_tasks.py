"""When a run gets its first task: at once or, while many runs are started, at a quieter time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.lifecycle.state import ReportState

BEHIND: Final = 200
"""How many reports may wait for their launch, or after it for their first task, before the first
tasks of further reports are put off."""
QUIET_AFTER: Final = 60.0
"""Seconds until the first of the tasks that were put off."""
SHARE: Final = 4
"""The time between two tasks that were put off, as a multiple of the time that a launch takes while
many wait. The remaining time is for commands and deadlines, however slow or busy the machine is."""
A_SECOND: Final = 20.0
"""The most tasks that are put off to any one second."""
_SMOOTHED: Final = 50
"""The number of launches over which the time of one launch is averaged."""
_AWAY: Final = 1.0
"""Seconds. If a launch takes longer, something is away, and its time does not show the pace."""
AT_ONCE_A_SECOND: Final = 40.0
"""How many first tasks a worker does in a second beside commands; if more are started, they pile
up."""
BEFORE_DEADLINE: Final = timedelta(seconds=30)
"""The first task comes this long before the first deadline, so that a timer keeps it exactly."""


@dataclass
class FirstTasks:
    """Spreads over time the first tasks of the runs that one process starts.

    A run whose first task is put off is as durable as any other. A message through the gateway
    brings its first task at once; a signal typed by an operator waits for it.
    """

    clock: Callable[[], float] = time.monotonic
    _busy_until: float = field(default=0.0)
    _next: float = field(default=0.0)
    _launched: float | None = field(default=None)
    _launch_takes: float = field(default=1 / (SHARE * A_SECOND))

    def delay(self, state: ReportState, at: datetime, waiting: int) -> timedelta:
        """How long after `at` (now) the run begins its work; zero means at once.

        `waiting` is the number of reports that wait to be launched.
        """
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
        """Measure how long a launch takes, from its start to the start of the next one.

        This is done only while many reports wait: otherwise it would measure how often reports come
        and not how fast this machine is.
        """
        if waiting > BEHIND and self._launched is not None:
            took = now - self._launched
            if took < _AWAY:
                self._launch_takes += (took - self._launch_takes) / _SMOOTHED
        self._launched = now if waiting > BEHIND else None
