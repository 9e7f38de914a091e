"""When a report came, and of an anonymous one when its reporter did what, is told neither by bell
nor by mail, whoever reads it and whenever it was made anonymous."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.notification.events import events_to_messages
from services.notification.messages.staff_table import staff_messages_of
from services.notification.sending import sender as sending
from services.notification.staff import near_deadlines as deadlines
from services.notification.staff.messages import notify_staff
from shared.database.engine import Database
from shared.http.tokens import Staff
from shared.lifecycle.actions import Action
from shared.lifecycle.people import ActorKind, Role
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.account_services import text_of
from tests.notification.conftest import Reported, until, working
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, OFFICER, PUSAT, UNIT, StaffTold, prove_address
from tests.notification.test_near_deadlines import due_in
from tests.notification.test_proofs import serving
from tests.notification.test_staff_told import rung, to_unit

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
REQUEST = "00000000-0000-4000-8000-000000000001"
EXACT, HOUR = "2026-12-07T03:32:17Z", "2026-12-07T03:00:00Z"


@pytest.fixture(autouse=True)
def however_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened on that day is told whenever the tests are run."""
    monkeypatch.setattr(events_to_messages, "TOO_OLD", timedelta(days=36_500))


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


@pytest.mark.parametrize(
    ("anonymous", "status", "hidden"),
    [(True, "VERIFIED", True), (False, "UNVERIFIED", True), (False, "VERIFIED", False)],
)
async def test_a_deadline_that_comes_near_is_told_at_no_time_that_it_is_reckoned_from(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    anonymous: bool,
    status: str,
    hidden: bool,
) -> None:
    told = await reported(anonymous=anonymous)
    staff.handled_by_unit(told.number)
    due_in(staff, told, 1.9)
    staff.country.all(
        "UPDATE lifecycle.report SET state = jsonb_set(state, '{status}', to_jsonb(%s::text))",
        status,
    )
    database = Database(settings.database_url)
    who = ADMIN if status == "UNVERIFIED" else OFFICER
    told_at_once(staff, settings, who)
    await deadlines.notify_of_deadlines(database)
    await database.dispose()
    async with serving(settings) as client:
        [item] = (await staff.seen(client, who))["items"]
    assert item["kind"] == "deadline"
    assert (item["at"].endswith(":00:00Z"), item["to_the_hour"]) == (hidden, hidden)
    assert mail_waits_for_the_hour(staff, told.number) == {hidden}


async def test_that_an_unverified_report_is_late_tells_the_second_of_none(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    """It is so long after it came."""
    told = await reported()
    waiting = {"handler_id": 2, "chain": (2,), "tab": Tab.UNVERIFIED, "escalated_to": 1}
    staff.handled_by_unit(told.number, handler_id=2, tab="unverified")
    told_at_once(staff, settings, ADMIN)
    late = LATE | waiting | {"from_status": Status.UNVERIFIED}
    late["details"] = {"clock": "verification", "level": 1}
    async with working(settings), serving(settings) as client:
        await told.happens("overdue", Status.UNVERIFIED, version=2, **late)
        await rung(staff, ADMIN, 1)
        [item] = (await staff.seen(client, ADMIN))["items"]
    assert (item["at"], item["to_the_hour"]) == (HOUR, True)
    assert item["text"].endswith("terlambat sejak Senin, 7 Desember 2026.")
    assert mail_waits_for_the_hour(staff, told.number) == {True}
    of_admin = "SELECT facts::text FROM notification.bell WHERE staff_id = %s"
    assert "32:17" not in str(staff.country.all(of_admin, ADMIN.id))


@pytest.mark.parametrize("before_today", [False, True])
async def test_the_bell_is_cut_by_what_report_and_reader_are_when_it_is_read(
    reported: Reported, staff: StaffTold, settings: Settings, before_today: bool
) -> None:
    told = await to_unit(reported, staff)
    verified: dict[str, Any] = {"at": AT, "due_at": DUE, "version": 2, **UNIT}

    async def shown(person: Staff) -> tuple[str, bool, bool]:
        item = (await staff.seen(client, person))["items"][0]
        return item["at"], item["to_the_hour"], "9 Des 2026 11.41 WIB" in item["text"]

    async with working(settings):
        await told.happens("verified", Status.VERIFIED, **verified)
        await rung(staff, OFFICER, 1)
    [[facts]] = staff.country.all("SELECT facts FROM notification.bell")
    if before_today:
        del facts["tells_of_reporter"]
    staff.country.all("UPDATE notification.bell SET facts = %s::jsonb", json.dumps(facts))
    staff.country.all(
        "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
        " created_at) SELECT 10, number, version, template, kind, facts, created_at"
        " FROM notification.bell"
    )
    async with serving(settings) as client:
        assert await shown(OFFICER) == await shown(PUSAT) == (EXACT, False, True)
        staff.country.all("UPDATE lifecycle.report SET anonymous = true")
        assert await shown(OFFICER) == (HOUR, True, False)
        assert "Rabu, 9 Desember 2026" in (await staff.seen(client, OFFICER))["items"][0]["text"]
        assert await shown(PUSAT) == (EXACT, False, True)
        [[item]] = staff.country.all("SELECT id FROM notification.bell WHERE staff_id = 12")
        read = await client.post(f"/me/bell/{item}/read", headers=staff.header(OFFICER))
        assert read.json()["at"] == HOUR
        # Who is no longer of pusat's people.
        staff.country.all("UPDATE routing.staff SET role = 'agency_admin' WHERE id = 10")
        assert await shown(PUSAT.model_copy(update={"role": Role.AGENCY_ADMIN})) == (
            HOUR,
            True,
            False,
        )
        # Who reads a copy alone reads so of every report.
        staff.country.all("UPDATE lifecycle.report SET anonymous = false, handler_id = 4")
        staff.country.all("INSERT INTO lifecycle.copy VALUES (%s, 3)", told.number)
        assert await shown(OFFICER) == (HOUR, True, False)


BY: dict[str, dict[str, Any]] = {
    "the reporter": {"actor_kind": ActorKind.REPORTER},
    "a partner system": {"actor_kind": ActorKind.PARTNER, "system": "siap"},
    "staff who met them": {"details": {"brought_by": "visit"}},
}


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_reply_tells_the_minute_of_no_anonymous_reporter(
    reported: Reported, staff: StaffTold, settings: Settings, anonymous: bool, by: str
) -> None:
    told = await reported(anonymous=anonymous)
    staff.handled_by_unit(told.number)
    told_at_once(staff, settings, OFFICER)
    replied: dict[str, Any] = {"action": Action.REPLY, "tab": Tab.IN_PROCESS, "at": AT, **UNIT}
    replied |= {"from_status": Status.FOLLOWED_UP, "due_at": DUE, **BY[by]}
    async with working(settings), serving(settings) as client:
        await told.happens("replied", Status.REPLIED_BY_REPORTER, version=5, **replied)
        await rung(staff, OFFICER, 1)
        [item] = (await staff.seen(client, OFFICER))["items"]
    assert (item["at"], item["to_the_hour"]) == ((HOUR, True) if anonymous else (EXACT, False))
    assert mail_waits_for_the_hour(staff, told.number) == {anonymous}
    kept = staff.country.all("SELECT facts::text FROM notification.bell")
    kept += staff.country.all(
        "SELECT facts::text FROM notification.message WHERE recipient LIKE 'staff-%%'"
    )
    minutes = [minute for minute in ("32:17", "41:05") if minute in str(kept)]
    assert minutes == ([] if anonymous else ["32:17", "41:05"])


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("at_first", [True, False])
async def test_who_entered_an_anonymous_report_is_not_named_for_what_they_decided_with_it(
    reported: Reported, staff: StaffTold, settings: Settings, entered: bool, at_first: bool
) -> None:
    told = await reported(anonymous=at_first)
    staff.handled_by_unit(told.number, tab="unverified")
    staff.country.all(
        "UPDATE lifecycle.history SET staff_id = %s WHERE number = %s AND entry = 1",
        *(ADMIN.id if entered else PUSAT.id, told.number),
    )
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue, decision, decided_at)"
        " VALUES (%s, %s, 'not_authority', now(), %s, 3, 2, false, 'rejected', now())",
        *(REQUEST, told.number, OFFICER.id),
    )
    staff.did(ADMIN, told.number, 3)
    step: dict[str, Any] = {"action": Action.REJECT_REQUEST, "tab": Tab.UNVERIFIED, **UNIT}
    details = {"request": "not_authority", "request_id": REQUEST}
    async with working(settings), serving(settings) as client:
        await told.happens(
            "request_rejected", Status.UNVERIFIED, version=3, details=details, **step
        )
        await rung(staff, OFFICER, 1)
        staff.country.all("UPDATE lifecycle.report SET anonymous = true")
        [item] = (await staff.seen(client, OFFICER))["items"]
    by = "Petugas" if entered else "Admin Instansi, Pemerintah Kota Bandung"
    assert f"ditolak oleh {by};" in item["text"]


@pytest.mark.parametrize(
    ("anonymous", "kept"),
    [(True, {"tells_arrival": False}), (False, {"tells_of_reporter": True})],
)
async def test_what_the_bell_kept_before_times_were_cut_is_cut_when_it_is_read(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    anonymous: bool,
    kept: dict[str, bool],
) -> None:
    told = await reported(anonymous=anonymous)
    staff.handled_by_unit(told.number)
    facts = {"at": EXACT, "due_at": None, "handler_id": 3} | kept
    staff.country.all(
        "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
        " created_at) VALUES (%s, %s, 5, 'reply_came', 'reply', %s::jsonb, now())",
        *(OFFICER.id, told.number, json.dumps(facts)),
    )
    async with serving(settings) as client:
        [item] = (await staff.seen(client, OFFICER))["items"]
    assert (item["at"], item["to_the_hour"]) == (HOUR, True)


async def test_mail_that_waits_is_cut_when_it_is_sent_of_a_report_made_anonymous_since(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)
    told = await to_unit(reported, staff)
    told_at_once(staff, settings, OFFICER)
    happened = await told.happens("overdue", Status.VERIFIED, version=3, **LATE)
    database = Database(settings.database_url)
    async with database.session() as session:  # whoever carries mail is away
        await notify_staff(session, [(happened, rule) for rule in staff_messages_of(happened)])
    await database.dispose()
    staff.country.all("UPDATE lifecycle.report SET anonymous = true")
    async with mail_server.there(), working(settings):

        async def came() -> bool:
            return bool(mail_server.got)

        await until(came)
    [mail] = mail_server.got
    assert "terlambat sejak Senin, 7 Desember 2026" in text_of(mail)
    assert "10.32" not in text_of(mail)
