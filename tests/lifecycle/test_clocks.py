"""Clocks: what remains is exact through any pauses, zones, calendar edits and JSON."""

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lifecycle.calendar import WorkingCalendar, Zone, day_of_deadline, ends_a_day
from shared.lifecycle.clocks import (
    Clock,
    ClockKind,
    days_left,
    fire,
    jitter,
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
JITTER = timedelta(seconds=42)
NONE = timedelta()

zones = st.sampled_from(Zone)
instants = st.datetimes(datetime(2025, 6, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
lengths = st.builds(Length, amount=st.integers(1, 60), unit=st.sampled_from(Unit))
jitters = st.integers(0, 59).map(lambda seconds: timedelta(seconds=seconds))
gaps = st.timedeltas(NONE, timedelta(days=9))


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=Zone.WIB.offset)


def started(
    at: datetime,
    length: Length = TEN_DAYS,
    zone: Zone = Zone.WIB,
    wobble: timedelta = NONE,
    kind: ClockKind = ClockKind.AUTO_CLOSE,
) -> Clock:
    return start(kind, length, at, zone, REAL, 1, wobble)


def test_ten_working_days_over_idul_fitri_end_to_the_minute() -> None:
    clock = started(wib("2026-03-13 14:05"))
    assert clock.deadline == wib("2026-04-06 14:05")
    assert started(wib("2026-03-13 14:05"), wobble=JITTER).deadline == wib("2026-04-06 14:05:42")


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
    again = resume(paused, wib("2026-02-08 11:00"), Zone.WIB, REAL, NONE)
    assert again.deadline == wib("2026-02-10 18:00")


def test_pausing_twice_or_resuming_twice_changes_nothing() -> None:
    clock = started(wib("2026-02-02 12:00"))
    later, later_still = wib("2026-02-03 18:00"), wib("2026-02-05 18:00")
    paused = pause(clock, later, REAL)
    assert pause(paused, later_still, REAL) == paused
    assert resume(clock, later, Zone.WIT, REAL, NONE) == clock
    assert redate(paused, REAL, JITTER) == paused


def test_a_hold_and_release_after_the_time_ran_out_leaves_it_as_late_as_it_was() -> None:
    """The time ended on Friday 24:00; the weekend after it must not move that."""
    clock = fire(started(wib("2026-02-02 00:00"), Length(amount=5, unit=Unit.WORKING_DAYS)))
    for at in (wib("2026-02-07 15:00"), wib("2026-02-10 15:00")):
        paused = pause(clock, at, REAL)
        assert paused.overdue
        assert resume(paused, at, Zone.WIB, REAL, NONE).deadline == clock.deadline


def test_an_edit_of_the_calendar_moves_the_deadline_both_ways() -> None:
    clock = started(wib("2026-03-13 14:05"), wobble=JITTER)
    decreed = WorkingCalendar(REAL.closed | {date(2026, 3, 25)})
    moved = redate(clock, decreed, JITTER)
    assert moved.deadline == wib("2026-04-07 14:05:42")
    assert redate(moved, REAL, JITTER) == clock


def test_a_clock_handed_eastward_on_a_friday_night_is_measured_in_the_old_zone_until_then() -> None:
    clock = started(wib("2026-02-06 10:00"), Length(amount=1, unit=Unit.WORKING_DAYS))
    handed = rezone(clock, wib("2026-02-06 23:00"), Zone.WIT, REAL, NONE)
    assert handed.remaining == timedelta(hours=11)
    assert handed.deadline == datetime(2026, 2, 9, 11, tzinfo=Zone.WIT.offset)
    assert rezone(handed, wib("2026-02-09 01:00"), Zone.WIT, REAL, NONE) == handed
    paused = pause(clock, wib("2026-02-06 23:00"), REAL)
    assert rezone(paused, wib("2026-02-09 23:00"), Zone.WIT, REAL, NONE) == paused.model_copy(
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
        wib("2026-02-02 10:00"), Length(amount=3, unit=Unit.WORKING_DAYS), wobble=JITTER
    )
    assert days_left(clock, wib(now), REAL) == days


def test_the_countdown_in_calendar_days_counts_the_weekend() -> None:
    clock = started(wib("2026-02-05 10:00"), Length(amount=10, unit=Unit.CALENDAR_DAYS))
    shown = [days_left(clock, wib("2026-02-05 10:01") + timedelta(days=n), REAL) for n in range(13)]
    assert shown == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, -1, -1, -2]


@pytest.mark.parametrize("zone", Zone)
@pytest.mark.parametrize("wobble", [NONE, JITTER, timedelta(seconds=59)])
def test_today_is_said_on_the_day_of_the_deadline_alone(zone: Zone, wobble: timedelta) -> None:
    """A clock started on a Saturday ends with Friday: from Tuesday on days are left, the weekend
    after is late."""

    def local(moment: str) -> datetime:
        return datetime.fromisoformat(moment).replace(tzinfo=zone.offset)

    length = Length(amount=5, unit=Unit.WORKING_DAYS)
    clock = started(local("2026-02-07 15:00"), length, zone, wobble)
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
    moved = redate(clock, decreed, NONE)
    assert moved.deadline == wib("2026-02-05 10:00")
    assert days_left(moved, wib("2026-02-03 11:00"), decreed) == -1


def test_jitter_spreads_neighbouring_numbers_over_a_minute_and_spares_trials() -> None:
    spread = {jitter(number, Unit.WORKING_DAYS) for number in range(7_000_000, 7_000_060)}
    assert spread == {timedelta(seconds=second) for second in range(60)}
    assert jitter(7_000_001, Unit.SECONDS) == NONE


@given(lengths, instants, zones, jitters, st.lists(st.tuples(gaps, gaps), max_size=12))
def test_any_number_of_pauses_keeps_what_remains_exactly(
    length: Length,
    at: datetime,
    zone: Zone,
    wobble: timedelta,
    spells: list[tuple[timedelta, timedelta]],
) -> None:
    clock = started(at, length, zone, wobble)
    used = NONE
    for running, waiting in spells:
        until = at + running
        working = length.unit is Unit.WORKING_DAYS
        used += REAL.between(at, until, zone) if working else running
        clock = pause(clock, until, REAL)
        assert clock.remaining == length.duration - used
        at = until + waiting
        clock = resume(clock, at, zone, REAL, wobble)
    assert clock.deadline is not None
    left = clock.deadline - wobble
    unit_time = REAL.between(at, left, zone) if length.unit is Unit.WORKING_DAYS else left - at
    assert unit_time == length.duration - used


@given(lengths, instants, zones, jitters, st.lists(gaps, max_size=12))
def test_hold_and_release_in_the_same_instant_never_moves_the_deadline(
    length: Length, at: datetime, zone: Zone, wobble: timedelta, moments: list[timedelta]
) -> None:
    clock = started(at, length, zone, wobble)
    deadline = clock.deadline
    for gap in moments:
        at += gap
        clock = resume(pause(clock, at, REAL), at, zone, REAL, wobble)
        assert clock.deadline == deadline


@given(lengths, instants, zones, jitters, gaps)
def test_redating_with_the_same_calendar_changes_nothing(
    length: Length, at: datetime, zone: Zone, wobble: timedelta, gap: timedelta
) -> None:
    clock = started(at, length, zone, wobble)
    held = resume(pause(clock, at + gap, REAL), at + gap + gap, zone, REAL, wobble)
    assert redate(clock, REAL, wobble) == clock
    assert redate(held, REAL, wobble) == held


@given(lengths, instants, zones, jitters, gaps, st.sampled_from(ClockKind))
def test_a_clock_survives_json_exactly(
    length: Length, at: datetime, zone: Zone, wobble: timedelta, gap: timedelta, kind: ClockKind
) -> None:
    running = start(kind, length, at, zone, REAL, 7, wobble, key="a request")
    for clock in (running, fire(running), pause(running, at + gap, REAL)):
        assert Clock.model_validate_json(clock.model_dump_json()) == clock
        assert Clock.model_validate(clock.model_dump(mode="json")) == clock
        assert Clock.model_validate_json(clock.model_dump_json()).remaining == clock.remaining


@given(lengths, instants, zones, jitters, st.timedeltas(NONE, timedelta(days=200)))
def test_a_late_clock_never_shows_as_in_time_nor_the_other_way(
    length: Length, at: datetime, zone: Zone, wobble: timedelta, gap: timedelta
) -> None:
    clock = started(at, length, zone, wobble)
    assert clock.deadline is not None
    assert (days_left(clock, at + gap, REAL) < 0) == (at + gap >= clock.deadline)
