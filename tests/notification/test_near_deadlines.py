"""Deadlines that come near are told once each, whatever clock or report."""

import json
from datetime import timedelta

import pytest

from services.notification.staff import near_deadlines as deadlines
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, Told
from tests.notification.staff import OFFICER, StaffTold
from tests.notification.test_staff_told import to_unit
from tests.plans import plans_of


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    return StaffTold(country, settings)


def due_in(staff: StaffTold, report: Told, working_days: float) -> None:
    """The report's only deadline is so far ahead."""
    calendar = WorkingCalendar(frozenset())
    due_at = calendar.add(now(), timedelta(days=working_days), Zone.WIB)
    clock = {
        "kind": "follow_up", "unit": "working_days", "policy_version": 0,
        "remaining": "P5D", "anchor": now().isoformat(), "deadline": due_at.isoformat(),
        "zone": "WIB",
    }  # fmt: skip
    staff.country.all(
        "UPDATE lifecycle.report SET due_at = %s, state = state || jsonb_build_object('clocks',"
        " jsonb_build_array(%s::jsonb), 'chain', '[2, 3]'::jsonb, 'status', 'VERIFIED')"
        " WHERE number = %s",
        *(due_at, json.dumps(clock), report.number),
    )


async def test_a_deadline_two_working_days_ahead_is_told_once(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told, far = await to_unit(reported, staff), await to_unit(reported, staff)
    due_in(staff, told, 1.9)
    due_in(staff, far, 2.5)
    # Whoever did the last step is told too: it is no news of that step.
    staff.country.all("UPDATE lifecycle.history SET staff_id = 12")
    database = Database(settings.database_url)
    for _ in range(2):
        await deadlines.notify_of_deadlines(database)
    rows = staff.country.all("SELECT staff_id, number, template FROM notification.bell")
    await database.dispose()
    assert rows == [(OFFICER.id, told.number, "deadline_near")]


async def test_a_clock_that_goes_on_with_little_left_is_told_and_no_other_report_keeps_it(
    reported: Reported, staff: StaffTold, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, stands = await to_unit(reported, staff), await to_unit(reported, staff)
    monkeypatch.setattr(deadlines, "AT_ONCE", 1)
    database = Database(settings.database_url)
    due_in(staff, broken, 0.1)
    staff.country.all("UPDATE lifecycle.report SET state = '{}' WHERE number = %s", broken.number)
    await deadlines.notify_of_deadlines(database)
    assert staff.bell(OFFICER) == []
    due_in(staff, stands, 0.5)
    for _ in range(2):
        await deadlines.notify_of_deadlines(database)
    assert staff.bell(OFFICER) == ["deadline_near"]
    # Another deadline after another step is told anew.
    staff.country.all(
        "UPDATE lifecycle.report SET state = state || '{\"version\": 7}' WHERE number = %s",
        stands.number,
    )
    due_in(staff, stands, 0.4)
    await deadlines.notify_of_deadlines(database)
    await database.dispose()
    assert staff.bell(OFFICER) == ["deadline_near"] * 2


async def test_near_deadlines_are_found_without_reading_all_open_reports(
    settings: Settings, country: Country
) -> None:
    database = Database(settings.database_url)
    plans = await plans_of(database, deadlines.notify_of_deadlines(database))
    await database.dispose()
    assert "report_due on report" in plans, plans
