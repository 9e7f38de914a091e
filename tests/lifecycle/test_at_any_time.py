"""Whenever it is, and wherever: clocks begin, are handed to another zone, and are read."""

import os
import uuid
from datetime import date, datetime, time, timedelta

import pytest

from shared.clock import now
from shared.lifecycle import clocks
from shared.lifecycle.calendar import (
    DAY,
    WorkingCalendar,
    Zone,
    day_of_deadline,
    ends_a_day,
    spread,
)
from shared.lifecycle.clocks import Clock, ClockKind, Unit, days_left
from shared.lifecycle.policy import Length

IDUL_FITRI = frozenset({date(2027, 3, 10), date(2027, 3, 11), date(2027, 3, 12)})
CALENDAR = WorkingCalendar(IDUL_FITRI | {date(2026, 12, 25), date(2027, 1, 1)})
NUMBER = 10_000_220
"""20 seconds after each end, at a midnight as at other times."""
ODD_MOMENTS = [
    pytest.param("2026-11-28T12:00", id="saturday"),
    pytest.param("2027-03-09T20:00", id="before-idul-fitri"),
    pytest.param("2026-12-04T23:59", id="a-minute-before-the-weekend"),
    pytest.param("2026-12-05T00:00", id="midnight"),
    pytest.param("2026-12-02T00:00:05.5", id="first-minute-of-a-day"),
    pytest.param("2026-12-31T23:59", id="end-of-the-year"),
    pytest.param("2028-02-29T10:00", id="leap-day"),
    pytest.param(None, id="now"),
]
# Where the tests' clock is set (`make dates`), the moments that it does not change say nothing new.
MOMENTS = ODD_MOMENTS[-1:] if "LAPOR_TESTS_AT" in os.environ else ODD_MOMENTS


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest, zone: Zone) -> datetime:
    """In the zone; or this moment, by the clock of the tests."""
    if request.param is None:
        return now()
    return datetime.fromisoformat(request.param).replace(tzinfo=zone.offset)


@pytest.fixture(params=Zone)
def zone(request: pytest.FixtureRequest) -> Zone:
    return Zone(request.param)


def begun(at: datetime, zone: Zone, days: int = 3) -> Clock:
    length = Length(amount=days, unit=Unit.WORKING_DAYS)
    key = str(uuid.uuid4())
    return clocks.start(ClockKind.REQUEST, length, at, zone, CALENDAR, 1, NUMBER, key)


@pytest.mark.parametrize("other", Zone)
@pytest.mark.parametrize("passed", [timedelta(), timedelta(hours=1), 2 * DAY, 9 * DAY])
def test_a_successor_in_another_zone_has_what_is_left(
    moment: datetime, zone: Zone, other: Zone, passed: timedelta
) -> None:
    clock = begun(moment, zone)
    at = moment + passed
    used = CALENDAR.between(moment, at, zone)
    taken = clocks.rezone(clock, at, other, CALENDAR, NUMBER)
    if other is zone:
        assert taken == clock
        return
    assert taken.remaining == 3 * DAY - used
    assert taken.deadline == spread(CALENDAR.add(at, 3 * DAY - used, other), NUMBER, other)


def test_the_countdown_falls_by_one_each_working_day_to_today_and_is_then_late(
    moment: datetime, zone: Zone
) -> None:
    clock = begun(moment, zone)
    assert clock.deadline is not None
    due = day_of_deadline(clock.deadline, zone)
    if moment.astimezone(zone.offset).time() < time(0, 1):  # it may end with a Sunday
        due = next(due - n * DAY for n in range(9) if CALENDAR.is_working(due - n * DAY))
    assert CALENDAR.is_working(due)
    today = moment.astimezone(zone.offset).date()
    while today < due:
        today += DAY
        noon = datetime.combine(today, datetime.min.time(), zone.offset)
        left = days_left(clock, noon, CALENDAR)
        assert left == CALENDAR.days_between(today, due)
        assert (left == 0) == (today == due)
    assert days_left(clock, clock.deadline - timedelta(seconds=1), CALENDAR) == 0
    assert days_left(clock, clock.deadline, CALENDAR) == -1


def test_a_clock_begun_on_a_day_off_ends_with_a_day(moment: datetime, zone: Zone) -> None:
    day = moment.astimezone(zone.offset).date()
    clock = begun(moment, zone)
    assert clock.deadline is not None
    near_midnight = ends_a_day(spread(moment, NUMBER, zone), zone)
    assert ends_a_day(clock.deadline, zone) == (not CALENDAR.is_working(day) or near_midnight)
