"""A clock of a report as a value that is started, paused, resumed, re-dated and fired."""

from datetime import date, datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from shared.lifecycle.calendar import DAY, WorkingCalendar, Zone, day_of_deadline, spread
from shared.lifecycle.policy import ClockKind, Length, Unit

__all__ = [
    "COMPANIONS",
    "PROCESS_CLOCKS",
    "Clock",
    "ClockKind",
    "Unit",
    "days_left",
    "end_of",
    "fire",
    "notice_of",
    "pause",
    "redate",
    "resize",
    "resume",
    "rezone",
    "start",
]

PROCESS_CLOCKS = frozenset({ClockKind.VERIFICATION, ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT})
"""The clocks of the countdown. If one runs out, the report is *overdue* (*terlambat*)."""


COMPANIONS = frozenset({ClockKind.CLOSING_NOTICE, ClockKind.ESCALATION})
"""Clocks that go with other clocks. They are not shown; people are notified when they run out."""


class Clock(BaseModel, frozen=True):
    """A clock of a report. A running clock has an anchor and a deadline, a paused one has neither.

    While it runs, `deadline` is `remaining` time of the unit after `anchor`, in `zone`, spread by
    the report's number (`calendar.spread`). Spreading never makes it earlier and does not count as
    remaining time. A trial policy in seconds is not spread. `remaining` is negative if a late clock
    was paused. `overdue` marks that the clock has fired, and stays set. `key`, the request's id,
    distinguishes clocks of one kind.
    """

    kind: ClockKind
    unit: Unit
    policy_version: int
    remaining: timedelta
    anchor: AwareDatetime | None
    deadline: AwareDatetime | None
    zone: Zone
    overdue: bool = False
    key: str | None = None


def start(
    kind: ClockKind,
    length: Length,
    at: datetime,
    zone: Zone,
    calendar: WorkingCalendar,
    policy_version: int,
    number: int,
    key: str | None = None,
) -> Clock:
    """A new clock of the report with this `number`, which runs from `at` for the full length."""
    stopped = Clock(
        kind=kind,
        unit=length.unit,
        policy_version=policy_version,
        remaining=length.duration,
        anchor=None,
        deadline=None,
        zone=zone,
        key=key,
    )
    return resume(stopped, at, zone, calendar, number)


def end_of(
    length: Length, at: datetime, zone: Zone, calendar: WorkingCalendar, number: int
) -> datetime:
    """The deadline of a length that begins at `at`."""
    end = _after(at, length.duration, length.unit, zone, calendar)
    return end if length.unit is Unit.SECONDS else spread(end, number, zone)


def notice_of(clock: Clock, before: Length, calendar: WorkingCalendar, number: int) -> Clock | None:
    """The clock of a notice that comes `before` the end of this clock, which was just started.

    None if the notice would be due already. It counts the same time as the other clock, so that
    both are paused and resumed alike.
    """
    assert clock.anchor is not None
    end = _after(clock.anchor, clock.remaining, clock.unit, clock.zone, calendar)
    at = _after(end, -before.duration, before.unit, clock.zone, calendar)
    remaining = _between(clock, clock.anchor, at, calendar)
    if remaining <= timedelta():
        return None
    kind = ClockKind.CLOSING_NOTICE
    return redate(clock.model_copy(update={"kind": kind, "remaining": remaining}), calendar, number)


def pause(clock: Clock, at: datetime, calendar: WorkingCalendar) -> Clock:
    """Stop the clock and keep exactly what remains. A paused clock is returned unchanged."""
    if clock.anchor is None:
        return clock
    remaining = clock.remaining - _between(clock, clock.anchor, at, calendar)
    return clock.model_copy(update={"remaining": remaining, "anchor": None, "deadline": None})


def resume(clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, number: int) -> Clock:
    """Go on from `at`, in the present handler's zone. A running clock is returned unchanged.

    If it is resumed at the moment of its pause and in the same zone, the deadline is as before.
    """
    if clock.anchor is not None:
        return clock
    return redate(clock.model_copy(update={"anchor": at, "zone": zone}), calendar, number)


def redate(clock: Clock, calendar: WorkingCalendar, number: int) -> Clock:
    """Calculate the deadline from what remains: at a start, at a resumption and after a calendar
    edit.

    A paused clock has no deadline. An overdue clock is re-dated too but keeps its mark, because the
    escalation has been sent.
    """
    if clock.anchor is None:
        return clock
    end = _after(clock.anchor, clock.remaining, clock.unit, clock.zone, calendar)
    deadline = end if clock.unit is Unit.SECONDS else spread(end, number, clock.zone)
    return clock.model_copy(update={"deadline": deadline})


def rezone(clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, number: int) -> Clock:
    """Move the clock to another time zone; the time used up until `at` is measured in the old
    one."""
    if clock.zone is zone:
        return clock
    if clock.anchor is None:
        return clock.model_copy(update={"zone": zone})
    return resume(pause(clock, at, calendar), at, zone, calendar, number)


def resize(
    clock: Clock, longer: timedelta, at: datetime, calendar: WorkingCalendar, number: int
) -> Clock:
    """Give the clock more time, or less if `longer` is negative. It is not late any more if time
    remains."""
    dated = redate(
        clock.model_copy(update={"remaining": clock.remaining + longer}), calendar, number
    )
    over = dated.remaining <= timedelta() if dated.deadline is None else dated.deadline <= at
    return dated.model_copy(update={"overdue": clock.overdue and over})


def fire(clock: Clock) -> Clock:
    """Mark that the clock ran out."""
    return clock.model_copy(update={"overdue": True})


def days_left(clock: Clock, now: datetime, calendar: WorkingCalendar) -> int:
    """The countdown *sisa / terlambat N hari* in days; negative when the clock is late.

    Before the deadline it is the days after today up to the deadline's day, and 0 on that day. From
    the deadline on it is the days since, as a negative number of at most -1. Days are those of the
    clock's zone: working days for a clock that counts these, else calendar days. Where the
    deadline's day is no working day, the last one before counts: nobody works on the other. A
    paused clock has no date: it shows the begun days that it had when it was paused.
    """
    if clock.deadline is None:
        late, left = clock.overdue, abs(clock.remaining)
        days = left // DAY if late else -(-left // DAY)
    else:
        late = clock.overdue or now >= clock.deadline
        today = now.astimezone(clock.zone.offset).date()
        due = day_of_deadline(clock.deadline, clock.zone)
        # A clock begun in the first minute of a day may end with a Sunday.
        while clock.unit is Unit.WORKING_DAYS and not calendar.is_working(due):
            due -= DAY
        days = _days(clock, due, today, calendar) if late else _days(clock, today, due, calendar)
        if not late and today >= due:
            return 0
    return -max(days, 1) if late else max(days, 1)


def _days(clock: Clock, first: date, last: date, calendar: WorkingCalendar) -> int:
    if clock.unit is Unit.WORKING_DAYS:
        return calendar.days_between(first, last)
    return max((last - first).days, 0)


def _after(
    at: datetime, length: timedelta, unit: Unit, zone: Zone, calendar: WorkingCalendar
) -> datetime:
    """The time `length` after `at`, or before it if the length is negative."""
    return calendar.add(at, length, zone) if unit is Unit.WORKING_DAYS else at + length


def _between(clock: Clock, begin: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    if clock.unit is Unit.WORKING_DAYS:
        return calendar.between(begin, end, clock.zone)
    return end - begin
