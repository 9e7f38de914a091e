"""Working time over weekends, holidays, joint leave, year ends and three time zones."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lifecycle.calendar import WorkingCalendar, Zone

REAL = WorkingCalendar(
    frozenset(
        holidays.country_holidays(
            "ID", years=range(2024, 2028), categories=("public", "government")
        )
    )
)
MICROSECOND = timedelta(microseconds=1)

zones = st.sampled_from(Zone)
instants = st.datetimes(datetime(2025, 6, 1), datetime(2027, 3, 1), timezones=st.just(UTC))
amounts = st.timedeltas(timedelta(days=-80), timedelta(days=80)) | st.integers(-80, 80).map(
    lambda days: timedelta(days=days)
)
calendars = st.just(REAL) | st.builds(
    WorkingCalendar, st.frozensets(st.dates(date(2025, 5, 1), date(2027, 4, 1)), max_size=60)
)


def local(text: str, zone: Zone = Zone.WIB) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone.offset)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("start", "working", "end"),
    [
        pytest.param("2026-02-02 10:00", hours(72), "2026-02-05 10:00", id="within a week"),
        pytest.param("2026-02-05 10:00", hours(72), "2026-02-10 10:00", id="over a weekend"),
        pytest.param("2026-02-07 15:00", hours(72), "2026-02-12 00:00", id="from a Saturday"),
        pytest.param("2026-02-02 00:00", hours(120), "2026-02-07 00:00", id="until Friday 24:00"),
        pytest.param("2026-02-06 23:00", hours(2), "2026-02-09 01:00", id="an hour past Friday"),
        pytest.param("2026-02-07 15:00", hours(0), "2026-02-07 00:00", id="nothing, on a Saturday"),
        pytest.param("2026-02-04 15:00", hours(0), "2026-02-04 15:00", id="nothing, Wednesday"),
        pytest.param("2026-02-09 10:00", hours(-24), "2026-02-06 10:00", id="back over a weekend"),
        pytest.param("2026-02-09 10:00", hours(-10), "2026-02-07 00:00", id="back to Friday 24:00"),
        pytest.param("2026-02-08 10:00", hours(-1), "2026-02-06 23:00", id="back from a Sunday"),
        pytest.param("2026-03-16 09:00", hours(72), "2026-03-26 09:00", id="Nyepi and Idul Fitri"),
        pytest.param("2026-03-20 09:00", hours(24), "2026-03-26 00:00", id="from the joint leave"),
        pytest.param("2026-03-25 00:00", hours(-24), "2026-03-17 00:00", id="back over Idul Fitri"),
        pytest.param("2026-12-23 12:00", hours(48), "2026-12-29 12:00", id="over Christmas"),
        pytest.param("2026-12-31 18:00", hours(24), "2027-01-04 18:00", id="over the year's end"),
    ],
)
@pytest.mark.parametrize("zone", Zone)
def test_an_amount_of_working_time_ends_on_the_local_clock(
    start: str, working: timedelta, end: str, zone: Zone
) -> None:
    assert REAL.add(local(start, zone), working, zone) == local(end, zone)
    assert REAL.between(local(start, zone), local(end, zone), zone) == working


def test_idul_fitri_2026_with_joint_leave_is_one_week_without_work() -> None:
    days = [date(2026, 3, 16) + timedelta(days=n) for n in range(11)]
    assert [day.day for day in days if REAL.is_working(day)] == [16, 17, 25, 26]


def test_the_same_instant_is_still_friday_in_the_west_and_saturday_in_the_east() -> None:
    late_on_friday = datetime(2026, 2, 6, 15, 30, tzinfo=UTC)
    ends = {zone: REAL.add(late_on_friday, hours(24), zone) for zone in Zone}
    assert ends == {
        Zone.WIB: local("2026-02-09 22:30"),
        Zone.WITA: local("2026-02-09 23:30", Zone.WITA),
        Zone.WIT: local("2026-02-10 00:00", Zone.WIT),
    }
    assert all(end.tzinfo is UTC for end in ends.values())


def test_a_midnight_deadline_falls_an_hour_earlier_with_each_zone_eastward() -> None:
    saturday = datetime(2026, 2, 7, 3, tzinfo=UTC)
    ends = [REAL.add(saturday, hours(24), zone) for zone in Zone]
    assert [end.isoformat() for end in ends] == [
        "2026-02-09T17:00:00+00:00",
        "2026-02-09T16:00:00+00:00",
        "2026-02-09T15:00:00+00:00",
    ]


def test_a_newly_decreed_joint_leave_moves_the_end_by_a_day() -> None:
    decreed = WorkingCalendar(REAL.closed | {date(2026, 2, 3)})
    monday = local("2026-02-02 10:00")
    assert decreed.add(monday, hours(24), Zone.WIB) == local("2026-02-04 10:00")


def test_a_holiday_on_a_weekend_takes_nothing_more() -> None:
    without = WorkingCalendar(frozenset(day for day in REAL.closed if day.weekday() < 5))
    start = local("2026-01-01 00:00")
    assert without.add(start, hours(24 * 60), Zone.WIB) == REAL.add(start, hours(1440), Zone.WIB)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        REAL.add(datetime(2026, 2, 2), hours(1), Zone.WIB)


def test_years_of_working_time_take_no_longer_than_days() -> None:
    begun = perf_counter()
    for _ in range(1000):
        REAL.add(local("2026-02-02 10:00"), timedelta(days=5000), Zone.WIB)
    assert perf_counter() - begun < 1


@given(calendars, instants, instants, zones)
def test_working_time_is_the_sum_over_the_days(
    calendar: WorkingCalendar, start: datetime, end: datetime, zone: Zone
) -> None:
    begin, stop = sorted((start.astimezone(zone.offset), end.astimezone(zone.offset)))
    total, at = timedelta(), begin
    while at < stop:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until = min(midnight, stop)
        total += (until - at) if calendar.is_working(at.date()) else timedelta()
        at = until
    assert calendar.between(begin, stop, zone) == total
    assert calendar.between(stop, begin, zone) == -total


@given(calendars, instants, amounts, zones)
def test_exactly_the_amount_lies_between_start_and_end_and_not_a_microsecond_earlier(
    calendar: WorkingCalendar, start: datetime, working: timedelta, zone: Zone
) -> None:
    end = calendar.add(start, working, zone)
    assert calendar.between(start, end, zone) == working
    assert calendar.between(start, end - MICROSECOND, zone) == working - MICROSECOND


@given(calendars, instants, amounts, amounts, zones)
def test_two_amounts_one_after_the_other_end_where_their_sum_ends(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta, zone: Zone
) -> None:
    halfway = calendar.add(start, first, zone)
    assert calendar.add(halfway, second, zone) == calendar.add(start, first + second, zone)


@given(calendars, instants, instants, amounts, amounts, zones)
def test_a_later_start_or_a_larger_amount_never_ends_earlier(
    calendar: WorkingCalendar, a: datetime, b: datetime, v: timedelta, w: timedelta, zone: Zone
) -> None:
    (a, b), (v, w) = sorted((a, b)), sorted((v, w))
    assert calendar.add(a, v, zone) <= calendar.add(b, v, zone)
    assert calendar.add(a, v, zone) <= calendar.add(a, w, zone)
