"""A clock of a report as a value: started, paused, resumed, re-dated, fired; never ticking."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from shared.lifecycle.calendar import DAY, WorkingCalendar, Zone
from shared.lifecycle.policy import ClockKind, Length, Unit

__all__ = [
    "PROCESS_CLOCKS",
    "Clock",
    "ClockKind",
    "Unit",
    "days_left",
    "fire",
    "jitter",
    "pause",
    "redate",
    "resume",
    "rezone",
    "start",
]

PROCESS_CLOCKS = frozenset({ClockKind.VERIFICATION, ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT})
"""The clocks of the countdown: running out, they make a report *overdue* (*terlambat*)."""


class Clock(BaseModel, frozen=True):
    """A running clock has an anchor and a deadline, a paused one neither.

    While it runs, `deadline` is always `remaining` time of the unit after `anchor`, in `zone`, plus
    the jitter. `remaining` is negative when a late clock was paused. `overdue` is the mark that it
    fired, and stays. `key` tells apart clocks of one kind: the request's id.
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
    jitter: timedelta,
    key: str | None = None,
) -> Clock:
    """A new clock that runs from `at` for the full length."""
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
    return resume(stopped, at, zone, calendar, jitter)


def pause(clock: Clock, at: datetime, calendar: WorkingCalendar) -> Clock:
    """Stop it, keeping exactly what remains. Nothing changes when it is paused already."""
    if clock.anchor is None:
        return clock
    remaining = clock.remaining - _between(clock, clock.anchor, at, calendar)
    return clock.model_copy(update={"remaining": remaining, "anchor": None, "deadline": None})


def resume(
    clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, jitter: timedelta
) -> Clock:
    """Go on from `at`, in the present handler's zone. Nothing changes when it runs already.

    Resumed in the instant of its pause and in the same zone, it has the same deadline as before.
    """
    if clock.anchor is not None:
        return clock
    return redate(clock.model_copy(update={"anchor": at, "zone": zone}), calendar, jitter)


def redate(clock: Clock, calendar: WorkingCalendar, jitter: timedelta) -> Clock:
    """Compute the deadline anew, after an edit of the calendar. A paused clock has none.

    An overdue clock is re-dated too but keeps its mark: the escalation has gone out.
    """
    if clock.anchor is None:
        return clock
    if clock.unit is Unit.WORKING_DAYS:
        end = calendar.add(clock.anchor, clock.remaining, clock.zone)
    else:
        end = clock.anchor + clock.remaining
    return clock.model_copy(update={"deadline": end + jitter})


def rezone(
    clock: Clock, at: datetime, zone: Zone, calendar: WorkingCalendar, jitter: timedelta
) -> Clock:
    """Hand it to another time zone: what was used up until `at` is measured in the old one."""
    if clock.zone is zone:
        return clock
    if clock.anchor is None:
        return clock.model_copy(update={"zone": zone})
    return resume(pause(clock, at, calendar), at, zone, calendar, jitter)


def fire(clock: Clock) -> Clock:
    """Mark that it ran out."""
    return clock.model_copy(update={"overdue": True})


def jitter(number: int, unit: Unit) -> timedelta:
    """0 to 59 seconds by the report's number, so that deadlines of one midnight do not coincide.

    It is added to the deadline, hence never early, and is no part of what remains. A trial policy
    in seconds has none.
    """
    return timedelta() if unit is Unit.SECONDS else timedelta(seconds=number % 60)


def days_left(clock: Clock, now: datetime, calendar: WorkingCalendar) -> int:
    """The countdown *sisa / terlambat N hari*: whole days left, or as a negative, days overdue.

    Working days for a clock that counts these, else calendar days. 0 is due within a day. A begun
    day of lateness counts: from the deadline on, and with the mark *overdue*, it is at most -1, and
    -2 after more than one day. A paused clock shows what it was paused with.
    """
    if clock.deadline is None:
        days, late = clock.remaining // DAY, clock.overdue
    else:
        days = _between(clock, now, clock.deadline, calendar) // DAY
        late = clock.overdue or now >= clock.deadline
    return min(days, -1) if late else max(days, 0)


def _between(clock: Clock, begin: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    if clock.unit is Unit.WORKING_DAYS:
        return calendar.between(begin, end, clock.zone)
    return end - begin
