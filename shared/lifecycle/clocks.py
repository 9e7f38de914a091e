"""A clock of a report as a value: started, paused, resumed, re-dated, fired; never ticking."""

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
"""The clocks of the countdown: running out, they make a report *overdue* (*terlambat*)."""


COMPANIONS = frozenset({ClockKind.CLOSING_NOTICE, ClockKind.ESCALATION})
"""Clocks that go with others, and are told of when they run out rather than shown."""


class Clock(BaseModel, frozen=True):
    """A running clock has an anchor and a deadline, a paused one neither.

    While it runs, `deadline` is always `remaining` time of the unit after `anchor`, in `zone`,
    spread by the report's number (`calendar.spread`): never early, and no part of what remains. A
    trial policy in seconds is not spread. `remaining` is negative when a late clock was paused.
    `overdue` is the mark that it fired, and stays. `key` tells apart clocks of one kind: the
    request's id.
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
    """A new clock of a report's, by its number, that runs from `at` for the full length."""
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
    """When a length that begins at `at` is over, as a deadline."""
    end = _after(at, length.duration, length.unit, zone, calendar)
    return end if length.unit is Unit.SECONDS else spread(end, number, zone)


def notice_of(clock: Clock, before: Length, calendar: WorkingCalendar, number: int) -> Clock | None:
    """The clock of a notice that long before the end of this one, which has just been started;
    None where it would be over already. It counts what the other counts, so that both are paused
    and resumed alike."""
    assert clock.anchor is not None
    end = _after(clock.anchor, clock.remaining, clock.unit, clock.zone, calendar)
    at = _after(end, -before.duration, before.unit, clock.zone, calendar)
    remaining = _between(clock, clock.anchor, at, calendar)
    if remaining <= timedelta():
        return None
    kind = ClockKind.CLOSING_NOTICE
    return redate(clock.model_copy(update={"kind": kind, "remaining": remaining}), calendar, number)


def pause(clock: Clock, at: datetime, calendar: WorkingCalendar) -> Clock:
    """Stop it, keeping exactly what remains. Nothing changes when it is paused already."""
    if clock.anchor is None:
        return clock
    remaining = clock.remaining - _between(clock, clock.anchor, at, calendar)
    return clock.model_copy(update={"remaining": remaining, "anchor": None, "deadline": None})


def resume(clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, number: int) -> Clock:
    """Go on from `at`, in the present handler's zone. Nothing changes when it runs already.

    Resumed in the instant of its pause and in the same zone, it has the same deadline as before.
    """
    if clock.anchor is not None:
        return clock
    return redate(clock.model_copy(update={"anchor": at, "zone": zone}), calendar, number)


def redate(clock: Clock, calendar: WorkingCalendar, number: int) -> Clock:
    """Compute the deadline from what remains: as it starts or goes on, and after an edit of the
    calendar. A paused clock has none.

    An overdue clock is re-dated too but keeps its mark: the escalation has gone out.
    """
    if clock.anchor is None:
        return clock
    end = _after(clock.anchor, clock.remaining, clock.unit, clock.zone, calendar)
    deadline = end if clock.unit is Unit.SECONDS else spread(end, number, clock.zone)
    return clock.model_copy(update={"deadline": deadline})


def rezone(clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, number: int) -> Clock:
    """Hand it to another time zone: what was used up until `at` is measured in the old one."""
    if clock.zone is zone:
        return clock
    if clock.anchor is None:
        return clock.model_copy(update={"zone": zone})
    return resume(pause(clock, at, calendar), at, zone, calendar, number)


def resize(
    clock: Clock, longer: timedelta, at: datetime, calendar: WorkingCalendar, number: int
) -> Clock:
    """Give it more time or, as a negative, less; it is not late any more if that is not over."""
    dated = redate(
        clock.model_copy(update={"remaining": clock.remaining + longer}), calendar, number
    )
    over = dated.remaining <= timedelta() if dated.deadline is None else dated.deadline <= at
    return dated.model_copy(update={"overdue": clock.overdue and over})


def fire(clock: Clock) -> Clock:
    """Mark that it ran out."""
    return clock.model_copy(update={"overdue": True})


def days_left(clock: Clock, now: datetime, calendar: WorkingCalendar) -> int:
    """The countdown *sisa / terlambat N hari*: the days after today up to the deadline's, 0 on
    that day itself; as a negative, the days since, from the deadline on at most -1.

    Days are those of the clock's zone: working days for a clock that counts these, else calendar
    days. A paused clock has no date: it shows the begun days it was paused with.
    """
    if clock.deadline is None:
        late, left = clock.overdue, abs(clock.remaining)
        days = left // DAY if late else -(-left // DAY)
    else:
        late = clock.overdue or now >= clock.deadline
        today = now.astimezone(clock.zone.offset).date()
        due = day_of_deadline(clock.deadline, clock.zone)
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
    """So long after `at`, or before it where the length is negative."""
    return calendar.add(at, length, zone) if unit is Unit.WORKING_DAYS else at + length


def _between(clock: Clock, begin: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    if clock.unit is Unit.WORKING_DAYS:
        return calendar.between(begin, end, clock.zone)
    return end - begin
