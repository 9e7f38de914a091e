"""A durable timer that is moved only when it would ring too late."""

import asyncio
from datetime import datetime

from temporalio import workflow


class Alarm:
    """An alarm that rings at a given time or earlier.

    Moving the timer at every step would cost more than ringing too early: the code that hears the
    ring checks whether something is due and sets the alarm again.
    """

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    @property
    def rung(self) -> bool:
        return self._timer is not None and self._timer.done()

    def set(self, at: datetime, summary: str, *, exactly: bool = False) -> None:
        """Ring at `at` or earlier; at once if `at` has passed.

        With `exactly`, do not ring earlier. This is for a report that is likely to be left alone
        until then.
        """
        if self._timer is not None and not self.rung:
            if self._at is not None and (self._at == at or (self._at < at and not exactly)):
                return
            self._timer.cancel()
        wait = max((at - workflow.now()).total_seconds(), 0.0)
        self._at = at
        self._timer = asyncio.create_task(workflow.sleep(wait, summary=summary))

    def clear(self) -> None:
        """Forget a ring that has been handled."""
        if self.rung:
            self._timer = self._at = None
