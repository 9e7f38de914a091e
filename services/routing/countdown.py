"""How long is left, as people read it: *sisa / terlambat N hari*."""

from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.commanding.situation import Situation
from shared.labels import countdown, label
from shared.lifecycle.calendar import WorkingCalendar
from shared.lifecycle.clocks import PROCESS_CLOCKS, Clock, ClockKind, days_left
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
    clock: Clock, now: datetime, calendar: WorkingCalendar, situation: Situation
) -> Countdown:
    """A clock as it is read; by a copy to the hour, for the time to verify in runs from the moment
    of submission. Where that moment is hidden otherwise, this clock alone."""
    arrived = clock.kind is ClockKind.VERIFICATION and situation.arrival_hidden
    to_the_hour = situation.by_copy or arrived
    deadline = clock.deadline
    days = days_left(clock, now, calendar)
    return Countdown(
        clock=clock.kind,
        label=label("clock", clock.kind),
        days=days,
        text=countdown(days),
        due_at=public_time(deadline) if to_the_hour and deadline else deadline,
        paused=deadline is None,
        overdue=clock.overdue,
        key=clock.key,
    )


def nearest_countdown(
    situation: Situation, now: datetime, calendar: WorkingCalendar
) -> Countdown | None:
    """That of the nearest process clock; where all are paused, of the one with least left."""
    state = situation.state
    clock = state.process_clock
    if clock is None:
        paused = [c for c in state.clocks if c.kind in PROCESS_CLOCKS]
        clock = min(paused, key=_remaining, default=None)
    return countdown_of(clock, now, calendar, situation) if clock else None


def _remaining(clock: Clock) -> timedelta:
    return clock.remaining
