"""Opening a report's page reads what the bell said of it that waits for nobody."""

from uuid import uuid4

import httpx
import pytest

from services.notification.messages.staff_table import STAFF_TABLE
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, Told
from tests.notification.staff import ADMIN, OFFICER, StaffTold
from tests.notification.test_proofs import serving

KINDS = {rule.template: rule.kind for rule in STAFF_TABLE}
ALL = ["to_verify", "to_follow_up", "reply_came", "objection_waits", "request_waits"]
ALL += ["assigned", "request_granted", "request_refused", "deadline_near", "late", "escalated"]


def rang(staff: StaffTold, number: int, templates: list[str], who: int = OFFICER.id) -> None:
    for version, template in enumerate(templates, 10):
        staff.country.all(
            "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
            " created_at) VALUES (%s, %s, %s, %s, %s, '{}', now())",
            *(who, number, version, template, KINDS[template]),
        )


def unread(staff: StaffTold, who: int = OFFICER.id) -> set[str]:
    rows = "SELECT template FROM notification.bell WHERE read_at IS NULL AND staff_id = %s"
    return {template for (template,) in staff.country.all(rows, who)}


async def opens(client: httpx.AsyncClient, staff: StaffTold, number: int) -> None:
    path = f"/me/bell/reports/{number}/read"
    answer = await client.post(path, headers=staff.header(OFFICER))
    assert answer.status_code == 204, answer.text


def stands(told: Told, status: Status) -> None:
    told.country.all(
        "UPDATE lifecycle.report SET status = %s, ended_at = CASE WHEN %s THEN now() END"
        " WHERE number = %s",
        *(status, status is Status.CLOSED_BY_ADMIN, told.number),
    )


@pytest.mark.parametrize(
    ("status", "owed"),
    [
        (Status.UNVERIFIED, {"to_verify", "assigned", "deadline_near", "late", "escalated"}),
        (Status.VERIFIED, {"to_follow_up", "assigned", "deadline_near", "late", "escalated"}),
        (
            Status.REPLIED_BY_REPORTER,
            {"reply_came", "assigned", "deadline_near", "late", "escalated"},
        ),
        (Status.CLOSED_BY_ADMIN, set()),
    ],
)
async def test_what_somebody_owes_stays_and_what_is_mere_news_is_read(
    reported: Reported, settings: Settings, country: Country, status: Status, owed: set[str]
) -> None:
    staff, told, other = StaffTold(country, settings), await reported(), await reported()
    stands(told, status)
    rang(staff, told.number, ALL)
    rang(staff, told.number, ["request_granted"], ADMIN.id)
    async with serving(settings) as client:
        await opens(client, staff, other.number)
        assert unread(staff) == set(ALL)
        await opens(client, staff, told.number)
    assert unread(staff) == owed
    assert unread(staff, ADMIN.id) == {"request_granted"}, "a colleague has not opened it"


@pytest.mark.parametrize("decision", [None, "accepted"])
async def test_a_request_that_waits_stays_until_it_is_decided(
    reported: Reported, settings: Settings, country: Country, decision: str | None
) -> None:
    staff, told = StaffTold(country, settings), await reported()
    stands(told, Status.VERIFIED)
    country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, agency_id, decider_id, due_at,"
        " overdue, decision) VALUES (%s, %s, 'hold', now(), 2, 1, now(), false, %s)",
        *(uuid4(), told.number, decision),
    )
    rang(staff, told.number, ["request_waits", "objection_waits"])
    async with serving(settings) as client:
        await opens(client, staff, told.number)
    assert unread(staff) == (set() if decision else {"request_waits"})
