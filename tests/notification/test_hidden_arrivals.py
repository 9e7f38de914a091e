"""When an anonymous report came is reckoned neither from the bell nor from mail."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from services.notification.staff import near_deadlines as deadlines
from shared.database.engine import Database
from shared.http.tokens import Staff
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, working
from tests.notification.staff import ADMIN, OFFICER, UNIT, StaffTold, prove_address
from tests.notification.test_near_deadlines import due_in
from tests.notification.test_proofs import serving
from tests.notification.test_staff_told import rung

AT = datetime(2026, 12, 7, 3, 32, 17, tzinfo=UTC)
DUE = datetime(2026, 12, 9, 4, 41, 5, tzinfo=UTC)
LATE: dict[str, Any] = {
    "tab": Tab.AWAITING_FOLLOW_UP,
    "action": Action.OVERDUE,
    "details": {"clock": "follow_up", "level": 1},
    "escalated_to": 2,
    "overdue": True,
    "at": AT,
    "due_at": AT,
    **UNIT,
}
EXACT, HOUR = "2026-12-07T03:32:17Z", "2026-12-07T03:00:00Z"


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    return StaffTold(country, settings)


def told_at_once(staff: StaffTold, settings: Settings, *people: Staff) -> None:
    """These have proven addresses, and want to hear of everything at once."""
    kinds = dict.fromkeys(("new", "deadline", "late", "escalated"), "at_once")
    with psycopg.connect(staff.country.url, autocommit=True) as connection:
        for person in people:
            address = f"petugas{person.id}@lapor.example"
            prove_address(connection, settings, person.id, address, **kinds)


def mail_waits_for_the_hour(staff: StaffTold, number: int) -> set[bool]:
    rows = staff.country.all(
        "SELECT not_before = date_trunc('hour', not_before) FROM notification.message"
        " WHERE number = %s AND recipient LIKE 'staff-%%'",
        number,
    )
    return {waits for (waits,) in rows}


@pytest.mark.parametrize("anonymous", [True, False])
async def test_the_end_of_a_clock_tells_the_second_of_no_anonymous_report(
    reported: Reported, staff: StaffTold, settings: Settings, anonymous: bool
) -> None:
    """Its follow-up clock began when it was verified, perhaps as it was entered."""
    told = await reported(anonymous=anonymous)
    staff.handled_by_unit(told.number, priority=True)
    told_at_once(staff, settings, OFFICER, ADMIN)
    async with working(settings), serving(settings) as client:
        await told.happens("overdue", Status.VERIFIED, version=3, **LATE)
        higher = LATE | {"action": Action.ESCALATE}
        await told.happens("escalated", Status.VERIFIED, version=4, **higher)
        await rung(staff, OFFICER, 1)
        await rung(staff, ADMIN, 2)
        [late] = (await staff.seen(client, OFFICER))["items"]
        above = (await staff.seen(client, ADMIN))["items"]
    assert [item["at"] for item in (late, *above)] == [HOUR if anonymous else EXACT] * 3
    assert all(item["to_the_hour"] is anonymous for item in (late, *above))
    since = "Senin, 7 Desember 2026" if anonymous else "7 Des 2026 10.32 WIB"
    assert late["text"] == f"Dinas Bina Marga terlambat sejak {since}."
    assert mail_waits_for_the_hour(staff, told.number) == {anonymous}


async def test_a_deadline_that_comes_near_is_told_at_no_time_that_it_is_reckoned_from(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await reported(anonymous=True)
    staff.handled_by_unit(told.number)
    due_in(staff, told, 1.9)
    database = Database(settings.database_url)
    told_at_once(staff, settings, OFFICER)
    await deadlines.tell_of_deadlines(database)
    await database.dispose()
    async with serving(settings) as client:
        [item] = (await staff.seen(client, OFFICER))["items"]
    assert item["kind"] == "deadline" and item["at"].endswith(":00:00Z") and item["to_the_hour"]
    assert mail_waits_for_the_hour(staff, told.number) == {True}


async def test_what_tells_no_arrival_is_told_in_full_of_an_anonymous_report_too(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await reported(anonymous=True)
    staff.handled_by_unit(told.number)
    replied: dict[str, Any] = {"action": Action.REPLY, "tab": Tab.IN_PROCESS, "at": AT, **UNIT}
    async with working(settings), serving(settings) as client:
        await told.happens("replied", Status.REPLIED_BY_REPORTER, version=5, **replied)
        await rung(staff, OFFICER, 1)
        [item] = (await staff.seen(client, OFFICER))["items"]
    assert (item["at"], item["to_the_hour"]) == (EXACT, False)
