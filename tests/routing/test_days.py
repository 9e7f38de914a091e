"""Days are those of the agency that reads, their ends included."""

from datetime import date, datetime, timedelta

import pytest

from shared.lifecycle.calendar import Zone
from tests.routing.country import Country
from tests.routing.test_queue import numbers

READERS = [
    ("admin.kab.jayapura", "kab-jayapura", Zone.WIT),
    ("admin.kab.badung", "kab-badung", Zone.WITA),
    ("admin.kab.malang", "kab-malang", Zone.WIB),
]
DAY = date(2026, 3, 10)


@pytest.mark.parametrize(("who", "agency", "zone"), READERS)
async def test_a_day_of_the_queue_is_the_agency_s_from_midnight_to_midnight(
    country: Country, who: str, agency: str, zone: Zone
) -> None:
    midnight = datetime(2026, 3, 10, tzinfo=zone.offset)
    first, last, after = [await country.report(agency) for _ in range(3)]
    moments = (midnight, midnight + timedelta(hours=24, seconds=-1), midnight + timedelta(hours=24))
    for number, at in zip((first, last, after), moments, strict=True):
        await country.rows(
            "UPDATE lifecycle.report SET submitted_at = :at, due_at = :due WHERE number = :n",
            at=at,
            due=at + timedelta(seconds=30),  # the jitter
            n=number,
        )
    assert (await country.get(who, "/me")).json()["agency_zone"] == zone
    day = {"submitted_from": DAY.isoformat(), "submitted_to": DAY.isoformat()}
    assert set(await numbers(country, who, tab="unverified", **day)) == {first, last}
    instant = {"submitted_from": DAY.isoformat(), "submitted_to": moments[2].isoformat()}
    assert set(await numbers(country, who, tab="unverified", **instant)) == {first, last}
    # A deadline in the first minute of a day is that of the day before.
    due = {"submitted_from": DAY.isoformat(), "due_before": DAY.isoformat()}
    assert {first, last, after} <= set(await numbers(country, who, tab="unverified", **due))
    before = (DAY - timedelta(days=1)).isoformat()
    due = {"submitted_from": DAY.isoformat(), "due_before": before}
    assert set(await numbers(country, who, tab="unverified", **due)) == {first}
    # So is one of those that are spread over the minutes after a midnight; no other of these, once
    # they are told to the minute.
    spread, other = midnight + timedelta(minutes=9), midnight + timedelta(minutes=9, microseconds=1)
    for number, at in ((last, spread), (after, other)):
        await country.rows(
            "UPDATE lifecycle.report SET due_at = :due, tab = 'awaiting_follow_up'"
            " WHERE number = :n",
            due=at,
            n=number,
        )
    assert set(await numbers(country, who, tab="awaiting_follow_up", **due)) == {last}


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "kemarin", "20260310"])
async def test_what_is_no_day_is_refused(country: Country, day: str) -> None:
    for name in ("submitted_from", "submitted_to", "due_before"):
        answer = await country.get("admin.jabar", "/queue", tab="unverified", **{name: day})
        assert answer.status_code == 422, (name, answer.text)


@pytest.mark.parametrize(("who", "agency", "zone"), READERS)
async def test_a_deadline_at_a_day_s_end_is_that_day_s(
    country: Country, who: str, agency: str, zone: Zone
) -> None:
    """As those of clocks that started on a day off."""
    number = await country.report(agency)
    saturday = datetime(2026, 12, 5, tzinfo=zone.offset) + timedelta(seconds=number % 600)
    await country.rows(
        "UPDATE lifecycle.report SET due_at = :due, state = jsonb_set(state, '{clocks,0,deadline}',"
        " to_jsonb(CAST(:text AS text))) WHERE number = :n",
        due=saturday,
        text=saturday.isoformat(),
        n=number,
    )
    countdown = (await country.seen(who, number))["countdown"]
    assert (countdown["due_on"], countdown["at_day_end"]) == ("2026-12-04", True)
