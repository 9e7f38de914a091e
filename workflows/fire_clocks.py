"""Clocks that run out: each becomes a step of its own, in order, and waits for commands asked
before it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from temporalio import workflow

from shared.lifecycle.clocks import Clock
from shared.lifecycle.state import ReportState
from workflows.recorded_state import RecordedState
from workflows.step_messages import Verdict
from workflows.step_requests import clock_step

PAUSE: Final = 2.0
"""Seconds until a clock that waits for a command on its way is asked again."""
PATIENCE: Final = 100
"""How often; the worker sends a waiting command again long before."""


class ClockFiring:
    """Fires the clocks of one report; whoever calls holds the lock."""

    def __init__(self, recorded: RecordedState) -> None:
        self._recorded = recorded
        self._held_up = 0

    async def all_due(self) -> None:
        """Fire what has run out by now, until one has to wait for a command on its way."""
        while clock := due_clock(self._recorded.state, workflow.now()):
            if await self.fire(clock, patient=self._held_up < PATIENCE) is Verdict.WAITING:
                self._held_up += 1
                return
            self._held_up = 0

    async def fire(self, clock: Clock, *, patient: bool, ahead_of: UUID | None = None) -> Verdict:
        """Record one; `ahead_of` is the command that it goes before."""
        state = self._recorded.state
        step = clock_step(state, clock, workflow.now(), patient=patient, ahead_of=ahead_of)
        return (await self._recorded.record(step)).verdict

    def next_at(self) -> datetime | None:
        """When to look again: at the nearest deadline, after a pause where one has to wait."""
        clock = self._recorded.state.next_clock
        if clock is None or clock.deadline is None:
            return None
        pause = timedelta(seconds=PAUSE if self._held_up else 0)
        return max(clock.deadline, workflow.now() + pause)


def due_clock(state: ReportState, at: datetime) -> Clock | None:
    """The clock that ran out first, if one has by then."""
    clock = state.next_clock
    due = clock is not None and clock.deadline is not None and clock.deadline <= at
    return clock if due else None
