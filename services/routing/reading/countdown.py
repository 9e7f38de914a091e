"""How long is left, as people read it: *sisa / terlambat N hari*."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel

from shared.command_requests.report_access import ReportAccess
from shared.labels import countdown, label
from shared.lifecycle.calendar import WorkingCalendar, day_of_deadline, ends_a_day
from shared.lifecycle.clocks import PROCESS_CLOCKS, Clock, ClockKind, days_left
from shared.lifecycle.statuses import ENDED
from shared.privacy.publication import public_time


class Countdown(BaseModel):
    """One clock. `days` counts the days after today up to the day it is due, negative when overdue.
    A paused clock has no `due_at` and shows the time it was paused with. `due_on` is the due day in
    the zone of the agency that owes the step. `at_day_end`: it is due at the end of that day, so no
    time need be shown. `to_the_hour`: `due_at` is cut to the hour, so that only its day is shown.
    `key` is the id of the request it belongs to. A question without an answer is `unanswered`, not
    overdue."""

    clock: ClockKind
    label: str
    days: int
    text: str
    due_at: datetime | None
    due_on: date | None
    at_day_end: bool
    to_the_hour: bool
    paused: bool
    overdue: bool
    unanswered: bool
    key: str | None


def countdown_of(
    clock: Clock, now: datetime, calendar: WorkingCalendar, access: ReportAccess
) -> Countdown:
    """A clock as this person reads it. `due_at` is cut to the hour where it would reveal when the
    report came: the time to verify runs from the arrival, and in an anonymous report the time to
    follow up may run from a step that came with it."""
    deadline = clock.deadline
    days = days_left(clock, now, calendar)
    unanswered = clock.kind is ClockKind.QUESTION and days < 0
    cut = access.deadlines_hidden and deadline is not None
    return Countdown(
        clock=clock.kind,
        label=label("clock", clock.kind),
        days=days,
        text=label("mark", "question_unanswered") if unanswered else countdown(days),
        due_at=public_time(deadline) if cut and deadline else deadline,
        due_on=day_of_deadline(deadline, clock.zone) if deadline else None,
        at_day_end=deadline is not None and ends_a_day(deadline, clock.zone),
        to_the_hour=cut,
        paused=deadline is None,
        overdue=clock.overdue and clock.kind is not ClockKind.QUESTION,
        unanswered=unanswered,
        key=clock.key,
    )


def nearest_countdown(
    access: ReportAccess, now: datetime, calendar: WorkingCalendar
) -> Countdown | None:
    """The countdown of the nearest process clock; if all are paused, of the one with least time
    left."""
    state = access.state
    clock = state.process_clock
    if clock is None and state.status not in ENDED:
        paused = [c for c in state.clocks if c.kind in PROCESS_CLOCKS]
        clock = min(paused, key=_remaining, default=None)
    return countdown_of(clock, now, calendar, access) if clock else None


def _remaining(clock: Clock) -> timedelta:
    return clock.remaining
