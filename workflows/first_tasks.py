"""When a run gets its first task: at once, or, while many are started, when it is quieter."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.lifecycle.state import ReportState

BEHIND: Final = 200
"""Reports that may wait for their launch, or, launched, for their first task, before those of
others are put off."""
QUIET_AFTER: Final = 60.0
"""Seconds until the first of the tasks that are put off."""
A_SECOND: Final = 20.0
"""Tasks put off for each second after that: a quarter of what a worker does, the rest is for
commands and deadlines."""
AT_ONCE_A_SECOND: Final = 40.0
"""What a worker does of first tasks beside commands; what is started faster piles up."""
BEFORE_DEADLINE: Final = timedelta(seconds=30)
"""The first task comes so long before the first deadline, so that a timer keeps it exactly."""


@dataclass
class FirstTasks:
    """Spreads the first tasks of the runs that one process starts. A run whose first task is put
    off is as durable as any, and what comes through the gateway gets it its task at once (a signal
    typed by an operator waits for it)."""

    _busy_until: float = field(default=0.0)
    _next: float = field(default=0.0)

    def delay(self, state: ReportState, at: datetime, waiting: int) -> timedelta:
        """How long after `at` (now) the run begins its work; zero is at once. `waiting` reports
        wait to be launched."""
        now = time.monotonic()
        self._busy_until = max(self._busy_until, now)
        if waiting <= BEHIND and self._busy_until - now <= BEHIND / AT_ONCE_A_SECOND:
            self._busy_until += 1 / AT_ONCE_A_SECOND
            return timedelta()
        self._next = max(self._next, now + QUIET_AFTER)
        delay = timedelta(seconds=self._next - now)
        self._next += 1 / A_SECOND
        clock = state.next_clock
        if clock is not None and clock.deadline is not None:
            delay = min(delay, clock.deadline - BEFORE_DEADLINE - at)
        return max(delay, timedelta())
