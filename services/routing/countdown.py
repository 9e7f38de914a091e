"""How long is left, as people read it: *sisa / terlambat N hari*."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.labels import countdown, label
from shared.lifecycle.calendar import WorkingCalendar
from shared.lifecycle.clocks import PROCESS_CLOCKS, Clock, ClockKind, days_left
from shared.lifecycle.state import ReportState
from shared.publication import public_time


class Countdown(BaseModel):
    """One clock. `days` are whole days left, negative when overdue; a paused clock has no
    `due_at` and shows what it was paused with. `key` is the id of the request it is about."""

    clock: ClockKind
    label: str
    days: int
    text: str
    due_at: datetime | None
    paused: bool
    overdue: bool
    key: str | None


def countdown_of(
    clock: Clock, now: datetime, calendar: WorkingCalendar, *, by_copy: bool
) -> Countdown:
    """A clock as it is read; by a copy to the hour, for the time to verify in runs from the moment
    of submission."""
    deadline = clock.deadline
    days = days_left(clock, now, calendar)
    return Countdown(
        clock=clock.kind,
        label=label("clock", clock.kind),
        days=days,
        text=countdown(days),
        due_at=public_time(deadline) if by_copy and deadline else deadline,
        paused=deadline is None,
        overdue=clock.overdue,
        key=clock.key,
    )


def nearest_countdown(
    state: ReportState, now: datetime, calendar: WorkingCalendar, *, by_copy: bool
) -> Countdown | None:
    """That of the nearest process clock; where all are paused, of the one with least left."""
    clock = state.process_clock
    if clock is None:
        paused = [c for c in state.clocks if c.kind in PROCESS_CLOCKS]
        clock = min(paused, key=_remaining, default=None)
    return countdown_of(clock, now, calendar, by_copy=by_copy) if clock else None


def _remaining(clock: Clock) -> timedelta:
    return clock.remaining
