"""Working time: how much of it lies between two instants, and when an amount of it is used up."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cached_property
from typing import Final

DAY = timedelta(days=1)
SPREAD: Final = timedelta(minutes=10)
"""The time over which the deadlines of one midnight are spread (decision 60)."""


class Zone(StrEnum):
    """The three Indonesian time zones, at fixed offsets: Indonesia has no summer time."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def offset(self) -> timezone:
        """The zone as a fixed distance from UTC: +7, +8 or +9 hours."""
        return _OFFSETS[self]


def ends_a_day(deadline: datetime, zone: Zone) -> bool:
    """Whether a deadline falls at the end of a local day.

    It does in the first minute of the next day, or at a time to which `spread` moves the deadlines
    of that midnight.
    """
    local = deadline.astimezone(zone.offset)
    return local.hour == local.minute == 0 or _is_midnight_spread(local)


def day_of_deadline(deadline: datetime, zone: Zone) -> date:
    """The local day in which a deadline lies, or which it ends."""
    day = deadline.astimezone(zone.offset).date()
    return day - DAY if ends_a_day(deadline, zone) else day


def spread(end: datetime, number: int, zone: Zone) -> datetime:
    """The deadline for an end that other reports may share, spread by the report's number.

    It lies within a minute after the end; after a midnight within ten minutes, since all reports
    that came on days off end there. It is never earlier than the end and always the same for the
    same end. A clock that starts at a spread deadline of one midnight ends at the same second after
    another midnight.
    """
    local = end.astimezone(zone.offset)
    if not _is_midnight_spread(local):
        return end + timedelta(seconds=number % 60)
    return max(end, _midnight(local).astimezone(UTC) + timedelta(seconds=number % SPREAD.seconds))


@dataclass(frozen=True)
class WorkingCalendar:
    """Monday to Friday less the `closed` days (national holidays and *cuti bersama*).

    A working day counts 24 hours from local midnight to local midnight, any other day none: N
    working days are N * 24 hours of working time. Instants are aware; results are in UTC, exact to
    the microsecond. A naive instant raises TypeError.
    """

    closed: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether the local day is a working day."""
        return day.weekday() < 5 and day not in self.closed

    def days_between(self, first: date, last: date) -> int:
        """The number of working days after `first` up to `last`; zero if `last` is not later."""
        begin, end = first.toordinal(), last.toordinal()
        before = self._working_days_before
        return before(end) - before(begin) if end > begin else 0

    def between(self, start: datetime, end: datetime, zone: Zone) -> timedelta:
        """The working time from `start` to `end`; negative if `end` is earlier."""
        return self._elapsed(end, zone) - self._elapsed(start, zone)

    def add(self, start: datetime, working: timedelta, zone: Zone) -> datetime:
        """The earliest of all instants with exactly `working` time between `start` and it.

        If the time is used up exactly at a week's end, the result is Friday 24:00 and not Monday
        00:00. This also holds backward and for zero: adding zero to a Saturday gives Friday 24:00.
        Hence the result depends only on the working time that is reached: `between(s, add(s, w)) ==
        w`, `add(add(s, v), w) == add(s, v + w)`, and `add` never falls when `s` or `w` grows.
        """
        reached = self._elapsed(start, zone) + working
        full_days = -(-reached // DAY)
        # Five in seven days work, less those closed: it lies in a few weeks, not in 9,999 years.
        first = max(full_days // 5 * 7 - 2, 0)
        last = (full_days + len(self._closed_weekdays)) // 5 * 7 + 7
        end = bisect_left(_DAY_NUMBERS, full_days, first, last, key=self._working_days_before)
        return (_origin(zone) + end * DAY - (full_days * DAY - reached)).astimezone(UTC)

    def _elapsed(self, instant: datetime, zone: Zone) -> timedelta:
        """The working time since the origin, Monday 1 January of the year 1."""
        day, time_of_day = divmod(instant - _origin(zone), DAY)
        working = self.is_working(date.fromordinal(day + 1))
        return self._working_days_before(day) * DAY + (time_of_day if working else timedelta())

    def _working_days_before(self, day: int) -> int:
        weeks, weekday = divmod(day, 7)
        return weeks * 5 + min(weekday, 5) - bisect_left(self._closed_weekdays, day)

    @cached_property
    def _closed_weekdays(self) -> list[int]:
        return sorted(day.toordinal() - 1 for day in self.closed if day.weekday() < 5)


_OFFSETS = {
    Zone.WIB: timezone(timedelta(hours=7), "WIB"),
    Zone.WITA: timezone(timedelta(hours=8), "WITA"),
    Zone.WIT: timezone(timedelta(hours=9), "WIT"),
}
_DAY_NUMBERS = range(date.max.toordinal())


def _is_midnight_spread(local: datetime) -> bool:
    """Whether this is a midnight, or one of the seconds over which its deadlines are spread.

    People and systems act at times with microseconds, so a deadline that follows from such a time
    is not mistaken for a spread one.
    """
    return local - _midnight(local) < SPREAD and local.microsecond == 0


def _midnight(local: datetime) -> datetime:
    """The midnight at which the day of this local time began."""
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _origin(zone: Zone) -> datetime:
    return datetime(1, 1, 1, tzinfo=zone.offset)
