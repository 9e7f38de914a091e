"""Clocks that run out: each becomes a step of its own, in order.

A clock waits for commands that were asked before it ran out.
"""

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
"""Seconds until a clock that waits for a command under way is tried again."""
PATIENCE: Final = 100
"""How many times it is tried; the worker sends a waiting command again long before that."""


class ClockFiring:
    """Fires the clocks of one report. The caller holds the lock."""

    def __init__(self, recorded: RecordedState) -> None:
        self._recorded = recorded
        self._held_up = 0

    async def all_due(self) -> None:
        """Fire the clocks that have run out by now, until one must wait for a command under way."""
        while clock := due_clock(self._recorded.state, workflow.now()):
            if await self.fire(clock, patient=self._held_up < PATIENCE) is Verdict.WAITING:
                self._held_up += 1
                return
            self._held_up = 0

    async def fire(self, clock: Clock, *, patient: bool, ahead_of: UUID | None = None) -> Verdict:
        """Record that this clock ran out. `ahead_of` is the command before which it is recorded."""
        state = self._recorded.state
        step = clock_step(state, clock, workflow.now(), patient=patient, ahead_of=ahead_of)
        return (await self._recorded.record(step)).verdict

    def next_at(self) -> datetime | None:
        """When to look again: at the nearest deadline, or after a pause if a clock has to wait."""
        clock = self._recorded.state.next_clock
        if clock is None or clock.deadline is None:
            return None
        pause = timedelta(seconds=PAUSE if self._held_up else 0)
        return max(clock.deadline, workflow.now() + pause)


def due_clock(state: ReportState, at: datetime) -> Clock | None:
    """Of the clocks that have run out by `at`, the one that did so first; None if there is none."""
    clock = state.next_clock
    due = clock is not None and clock.deadline is not None and clock.deadline <= at
    return clock if due else None
