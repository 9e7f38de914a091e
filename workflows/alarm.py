"""A durable timer that is moved only when it would ring too late."""

import asyncio
from datetime import datetime

from temporalio import workflow


class Alarm:
    """Rings at some time. A timer that rings too early costs less than moving it at every step:
    whoever hears it looks whether something is due and sets it again."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    @property
    def rung(self) -> bool:
        return self._timer is not None and self._timer.done()

    def set(self, at: datetime, summary: str, *, exactly: bool = False) -> None:
        """Ring at that time or earlier, at once if it has passed. `exactly`: not earlier, where a
        report is likely to be left alone until then."""
        if self._timer is not None and not self.rung:
            if self._at is not None and (self._at == at or (self._at < at and not exactly)):
                return
            self._timer.cancel()
        wait = max((at - workflow.now()).total_seconds(), 0.0)
        self._at = at
        self._timer = asyncio.create_task(workflow.sleep(wait, summary=summary))

    def clear(self) -> None:
        """Forget a ring that was heard."""
        if self.rung:
            self._timer = self._at = None
