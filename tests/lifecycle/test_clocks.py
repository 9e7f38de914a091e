"""Clocks: what remains is exact through any pauses, zones, calendar edits and JSON."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.lifecycle.calendar import (
    SPREAD,
    WorkingCalendar,
    Zone,
    day_of_deadline,
    ends_a_day,
    spread,
)
from shared.lifecycle.clocks import (
    Clock,
    ClockKind,
    days_left,
    fire,
    pause,
    redate,
    resume,
    rezone,
    start,
)
from shared.lifecycle.policy import Length, Unit

REAL = WorkingCalendar(
    frozenset(
        holidays.country_holidays(
            "ID", years=range(2024, 2028), categories=("public", "government")
        )
    )
)
TEN_DAYS = Length(amount=10, unit=Unit.WORKING_DAYS)
SPREAD_BY_42 = 10_000_242
"""A report's number: 42 seconds at a midnight as at other times."""
NOT_SPREAD = 10_000_200
NONE = timedelta()

zones = st.sampled_from(Zone)
instants = st.datetimes(datetime(2025, 6, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
lengths = st.builds(Length, amount=st.integers(1, 60), unit=st.sampled_from(Unit))
numbers = st.integers(10_000_001, 90_000_000)
gaps = st.timedeltas(NONE, timedelta(days=9))


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=Zone.WIB.offset)


def started(
    at: datetime,
    length: Length = TEN_DAYS,
    zone: Zone = Zone.WIB,
    number: int = NOT_SPREAD,
    kind: ClockKind = ClockKind.AUTO_CLOSE,
) -> Clock:
    return start(kind, length, at, zone, REAL, 1, number)


def test_ten_working_days_over_idul_fitri_end_to_the_minute() -> None:
    clock = started(wib("2026-03-13 14:05"))
    assert clock.deadline == wib("2026-04-06 14:05")
    assert started(wib("2026-03-13 14:05"), number=SPREAD_BY_42).deadline == wib(
        "2026-04-06 14:05:42"
    )


@pytest.mark.parametrize(
    ("unit", "deadline"),
    [
        (Unit.WORKING_DAYS, "2026-02-20 09:00"),
        (Unit.CALENDAR_DAYS, "2026-02-14 09:00"),
        (Unit.SECONDS, "2026-02-04 09:00:10"),
    ],
)
def test_the_unit_decides_which_time_counts(unit: Unit, deadline: str) -> None:
    clock = started(wib("2026-02-04 09:00"), Length(amount=10, unit=unit))
    assert clock.deadline == wib(deadline)


def test_a_pause_over_the_weekend_costs_only_working_time() -> None:
    clock = started(wib("2026-02-02 12:00"), Length(amount=3, unit=Unit.WORKING_DAYS))
    paused = pause(clock, wib("2026-02-03 18:00"), REAL)
    assert (paused.remaining, paused.anchor, paused.deadline) == (timedelta(hours=42), None, None)
    again = resume(paused, wib("2026-02-08 11:00"), Zone.WIB, REAL, NOT_SPREAD)
    assert again.deadline == wib("2026-02-10 18:00")


def test_pausing_twice_or_resuming_twice_changes_nothing() -> None:
    clock = started(wib("2026-02-02 12:00"))
    later, later_still = wib("2026-02-03 18:00"), wib("2026-02-05 18:00")
    paused = pause(clock, later, REAL)
    assert pause(paused, later_still, REAL) == paused
    assert resume(clock, later, Zone.WIT, REAL, NOT_SPREAD) == clock
    assert redate(paused, REAL, SPREAD_BY_42) == paused


def test_a_hold_and_release_after_the_time_ran_out_leaves_it_as_late_as_it_was() -> None:
    """The time ended on Friday 24:00; the weekend after it must not move that."""
    clock = fire(started(wib("2026-02-02 00:00"), Length(amount=5, unit=Unit.WORKING_DAYS)))
    for at in (wib("2026-02-07 15:00"), wib("2026-02-10 15:00")):
        paused = pause(clock, at, REAL)
        assert paused.overdue
        assert resume(paused, at, Zone.WIB, REAL, NOT_SPREAD).deadline == clock.deadline


def test_an_edit_of_the_calendar_moves_the_deadline_both_ways() -> None:
    clock = started(wib("2026-03-13 14:05"), number=SPREAD_BY_42)
    decreed = WorkingCalendar(REAL.closed | {date(2026, 3, 25)})
    moved = redate(clock, decreed, SPREAD_BY_42)
    assert moved.deadline == wib("2026-04-07 14:05:42")
    assert redate(moved, REAL, SPREAD_BY_42) == clock


def test_a_clock_handed_eastward_on_a_friday_night_is_measured_in_the_old_zone_until_then() -> None:
    clock = started(wib("2026-02-06 10:00"), Length(amount=1, unit=Unit.WORKING_DAYS))
    handed = rezone(clock, wib("2026-02-06 23:00"), Zone.WIT, REAL, NOT_SPREAD)
    assert handed.remaining == timedelta(hours=11)
    assert handed.deadline == datetime(2026, 2, 9, 11, tzinfo=Zone.WIT.offset)
    assert rezone(handed, wib("2026-02-09 01:00"), Zone.WIT, REAL, NOT_SPREAD) == handed
    paused = pause(clock, wib("2026-02-06 23:00"), REAL)
    assert rezone(paused, wib("2026-02-09 23:00"), Zone.WIT, REAL, NOT_SPREAD) == paused.model_copy(
        update={"zone": Zone.WIT}
    )


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-02-02 10:00:00", 3),
        ("2026-02-02 23:59:59", 3),
        ("2026-02-03 00:00:00", 2),
        ("2026-02-04 23:59:59", 1),
        ("2026-02-05 00:00:00", 0),
        ("2026-02-05 10:00:41", 0),
        ("2026-02-05 10:00:42", -1),
        ("2026-02-06 10:00:43", -1),
        ("2026-02-07 09:00:00", -1),
        ("2026-02-09 09:00:00", -2),
        ("2026-02-10 11:00:00", -3),
    ],
)
def test_the_countdown_in_working_days(now: str, days: int) -> None:
    clock = started(
        wib("2026-02-02 10:00"), Length(amount=3, unit=Unit.WORKING_DAYS), number=SPREAD_BY_42
    )
    assert days_left(clock, wib(now), REAL) == days


def test_the_countdown_in_calendar_days_counts_the_weekend() -> None:
    clock = started(wib("2026-02-05 10:00"), Length(amount=10, unit=Unit.CALENDAR_DAYS))
    shown = [days_left(clock, wib("2026-02-05 10:01") + timedelta(days=n), REAL) for n in range(13)]
    assert shown == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, -1, -1, -2]


@pytest.mark.parametrize("zone", Zone)
@pytest.mark.parametrize("number", [NOT_SPREAD, SPREAD_BY_42, NOT_SPREAD + 599])
def test_today_is_said_on_the_day_of_the_deadline_alone(zone: Zone, number: int) -> None:
    """A clock started on a Saturday ends with Friday: from Tuesday on days are left, the weekend
    after is late."""

    def local(moment: str) -> datetime:
        return datetime.fromisoformat(moment).replace(tzinfo=zone.offset)

    length = Length(amount=5, unit=Unit.WORKING_DAYS)
    clock = started(local("2026-02-07 15:00"), length, zone, number)
    shown = [days_left(clock, local(f"2026-02-{day:02} 12:00"), REAL) for day in range(7, 17)]
    assert shown == [5, 5, 4, 3, 2, 1, 0, -1, -1, -1]
    assert clock.deadline is not None
    assert ends_a_day(clock.deadline, zone)
    assert day_of_deadline(clock.deadline, zone) == date(2026, 2, 13)


def test_late_since_friday_midnight_is_late_on_saturday_though_no_working_time_passed() -> None:
    clock = started(wib("2026-02-02 00:00"), Length(amount=5, unit=Unit.WORKING_DAYS))
    assert days_left(clock, wib("2026-02-06 23:59"), REAL) == 0
    assert days_left(clock, wib("2026-02-07 00:00"), REAL) == -1
    assert days_left(fire(clock), wib("2026-02-07 12:00"), REAL) == -1


def test_a_paused_clock_shows_what_it_was_paused_with() -> None:
    clock = started(wib("2026-02-02 10:00"), Length(amount=3, unit=Unit.WORKING_DAYS))
    much_later = wib("2026-05-05 00:00")
    assert days_left(pause(clock, wib("2026-02-03 11:00"), REAL), much_later, REAL) == 2
    soon = pause(clock, wib("2026-02-05 09:00"), REAL)
    assert days_left(soon, much_later, REAL) == 1, "not *hari ini*: it has no date"
    late = pause(fire(clock), wib("2026-02-05 10:00"), REAL)
    assert days_left(late, much_later, REAL) == -1


def test_an_overdue_clock_stays_late_when_joint_leave_is_decreed_afterwards() -> None:
    clock = fire(started(wib("2026-02-02 10:00"), Length(amount=1, unit=Unit.WORKING_DAYS)))
    decreed = WorkingCalendar(REAL.closed | {date(2026, 2, 3), date(2026, 2, 4)})
    moved = redate(clock, decreed, NOT_SPREAD)
    assert moved.deadline == wib("2026-02-05 10:00")
    assert days_left(moved, wib("2026-02-03 11:00"), decreed) == -1


@pytest.mark.parametrize("zone", Zone)
def test_what_came_on_days_off_is_spread_over_ten_minutes_of_one_midnight(zone: Zone) -> None:
    """All of the ten days of Idul Fitri would fall due at once; other ends are a minute apart."""
    length = Length(amount=3, unit=Unit.WORKING_DAYS)
    came = [datetime(2026, 3, day, 9, 30, 1, 5, zone.offset) for day in (20, 21, 22, 23, 24)]
    clocks = [
        started(came[number % 5], length, zone, number) for number in range(7_000_000, 7_001_200)
    ]
    deadlines = [clock.deadline for clock in clocks if clock.deadline is not None]
    midnight = REAL.add(came[0], length.duration, zone)
    seconds = {deadline - midnight for deadline in deadlines}
    assert seconds == {timedelta(seconds=second) for second in range(600)}
    assert {day_of_deadline(deadline, zone) for deadline in deadlines} == {
        midnight.astimezone(zone.offset).date() - timedelta(days=1)
    }
    assert all(ends_a_day(deadline, zone) for deadline in deadlines)


def test_ends_at_other_times_are_spread_over_a_minute_and_trials_not_at_all() -> None:
    end = wib("2026-02-04 09:00")
    seconds = {spread(end, number, Zone.WIB) - end for number in range(7_000_000, 7_000_600)}
    assert seconds == {timedelta(seconds=second) for second in range(60)}
    trial = started(end, Length(amount=10, unit=Unit.SECONDS), number=SPREAD_BY_42)
    assert trial.deadline == end + timedelta(seconds=10)


@given(instants, zones, numbers)
def test_a_deadline_is_never_early_and_of_the_day_that_its_end_is_of(
    end: datetime, zone: Zone, number: int
) -> None:
    local = end.astimezone(zone.offset)
    assume(local.hour or local.minute or not local.microsecond)  # as good as the day before's end
    for at in (end, end.replace(microsecond=0), _midnight_of(end, zone)):
        deadline = spread(at, number, zone)
        assert at <= deadline < at + SPREAD
        assert day_of_deadline(deadline, zone) == day_of_deadline(at, zone)


@given(instants, zones, numbers)
def test_a_clock_started_at_a_midnight_s_deadline_ends_at_that_second_of_another(
    at: datetime, zone: Zone, number: int
) -> None:
    first = spread(_midnight_of(at, zone), number, zone)
    clock = started(first, TEN_DAYS, zone, number)
    assert clock.deadline is not None
    assert clock.deadline - _midnight_of(clock.deadline, zone) == first - _midnight_of(first, zone)


def _midnight_of(at: datetime, zone: Zone) -> datetime:
    local = at.astimezone(zone.offset)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@given(lengths, instants, zones, numbers, st.lists(st.tuples(gaps, gaps), max_size=12))
def test_any_number_of_pauses_keeps_what_remains_exactly(
    length: Length,
    at: datetime,
    zone: Zone,
    number: int,
    spells: list[tuple[timedelta, timedelta]],
) -> None:
    clock = started(at, length, zone, number)
    used = NONE
    for running, waiting in spells:
        until = at + running
        working = length.unit is Unit.WORKING_DAYS
        used += REAL.between(at, until, zone) if working else running
        clock = pause(clock, until, REAL)
        assert clock.remaining == length.duration - used
        at = until + waiting
        clock = resume(clock, at, zone, REAL, number)
    assert clock.deadline is not None
    left = length.duration - used
    end = REAL.add(at, left, zone) if length.unit is Unit.WORKING_DAYS else at + left
    expected = end if length.unit is Unit.SECONDS else spread(end, number, zone)
    assert clock.deadline == expected


@given(lengths, instants, zones, numbers, st.lists(gaps, max_size=12))
def test_hold_and_release_in_the_same_instant_never_moves_the_deadline(
    length: Length, at: datetime, zone: Zone, number: int, moments: list[timedelta]
) -> None:
    clock = started(at, length, zone, number)
    deadline = clock.deadline
    for gap in moments:
        at += gap
        clock = resume(pause(clock, at, REAL), at, zone, REAL, number)
        assert clock.deadline == deadline


@given(lengths, instants, zones, numbers, gaps)
def test_redating_with_the_same_calendar_changes_nothing(
    length: Length, at: datetime, zone: Zone, number: int, gap: timedelta
) -> None:
    clock = started(at, length, zone, number)
    held = resume(pause(clock, at + gap, REAL), at + gap + gap, zone, REAL, number)
    assert redate(clock, REAL, number) == clock
    assert redate(held, REAL, number) == held


@given(lengths, instants, zones, numbers, gaps, st.sampled_from(ClockKind))
def test_a_clock_survives_json_exactly(
    length: Length, at: datetime, zone: Zone, number: int, gap: timedelta, kind: ClockKind
) -> None:
    running = start(kind, length, at, zone, REAL, 7, number, key="a request")
    for clock in (running, fire(running), pause(running, at + gap, REAL)):
        assert Clock.model_validate_json(clock.model_dump_json()) == clock
        assert Clock.model_validate(clock.model_dump(mode="json")) == clock
        assert Clock.model_validate_json(clock.model_dump_json()).remaining == clock.remaining


@given(lengths, instants, zones, numbers, st.timedeltas(NONE, timedelta(days=200)))
def test_a_late_clock_never_shows_as_in_time_nor_the_other_way(
    length: Length, at: datetime, zone: Zone, number: int, gap: timedelta
) -> None:
    clock = started(at, length, zone, number)
    assert clock.deadline is not None
    assert (days_left(clock, at + gap, REAL) < 0) == (at + gap >= clock.deadline)
