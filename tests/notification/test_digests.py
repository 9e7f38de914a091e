"""The morning's digest: what each person owes, once a day, and no word of a report."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from services.notification.digest.mornings import DigestActivities
from services.notification.messages.digest_text import text_of_digest
from shared.http.tokens import Staff
from shared.labels.catalogue import message
from shared.lifecycle.calendar import Zone
from shared.settings import Settings
from tests.notification.conftest import Reported, working
from tests.notification.digests import (
    ADDRESS,
    counts,
    facts,
    owed,
    soon,
    staff,
    staff_mailed,
    today,
    writing,
    written,
)
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, OFFICER, StaffTold
from tests.times import noon

__all__ = ["noon", "soon", "staff", "writing"]

pytestmark = pytest.mark.usefixtures("noon")


async def test_a_digest_says_how_much_is_owed_and_by_when_once_a_day(
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    late = await owed(reported, staff, timedelta(days=-2))
    await owed(reported, staff, timedelta(days=30))
    waiting = await reported()
    staff.handled_by_unit(waiting.number, due_at=None, tab="in_process")
    staff.prove(OFFICER, ADDRESS)
    await written(writing)
    await written(writing)
    assert counts(staff.country, OFFICER.id) == {"late": 1}
    async with mail_server.there(), working(settings):
        await staff_mailed(staff, 1)
    [mail] = mail_server.got
    assert mail["To"] == ADDRESS
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"Terlambat: 1 (nomor {late})" in text.get_content()
    assert "http://lapor.test/panel/tugas" in text.get_content()
    assert "berlubang" not in mail.as_string() and "Siti" not in mail.as_string()


async def test_what_is_assigned_to_a_colleague_is_in_their_digest_and_in_their_stand_in_s(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    for id, name in ((14, "dua"), (15, "tiga")):
        staff.country.all(
            "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
            " token_version) VALUES (%s, %s, %s, 'liaison_officer', 3, 'x', true, 1)",
            *(id, name, name),
        )
        staff.prove(OFFICER.model_copy(update={"id": id}), f"{name}@binamarga.example")
    staff.prove(OFFICER, ADDRESS)
    await owed(reported, staff, timedelta(days=-1), assignee_id=OFFICER.id)
    staff.country.all(
        "INSERT INTO routing.stand_in VALUES (%s, 14, now() - interval '1 day',"
        " now() + interval '9 days')",
        OFFICER.id,
    )
    await written(writing)
    assert counts(staff.country, OFFICER.id) == counts(staff.country, 14) == {"late": 1}
    assert facts(staff.country, 15) == []


async def test_an_admin_is_told_what_waits_for_a_decision_and_what_was_put_before_the_agency(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    number = await owed(reported, staff, timedelta(days=-1))
    staff.country.all(
        "INSERT INTO lifecycle.escalation (number, version, agency_id, clock, at, level)"
        " VALUES (%s, 2, 2, 'follow_up', now(), 1)",
        number,
    )
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, due_at, overdue) VALUES (%s, %s, 'hold', now(), 12, 3, 2, now(), false)",
        *(uuid4(), number),
    )
    staff.prove(ADMIN, ADDRESS)
    await written(writing)
    assert counts(staff.country, ADMIN.id) == {"decide": 1, "escalated": 1}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"new": "none", "late": "none"}, False),
        ({"new": "none"}, True),
        (dict.fromkeys(("new", "reply", "late", "deadline"), "at_once"), False),
    ],
)
async def test_what_somebody_does_not_want_is_not_in_their_digest(
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    chosen: dict[str, str],
    told: bool,
) -> None:
    await owed(reported, staff, timedelta(days=-1))
    staff.prove(OFFICER, ADDRESS)
    staff.country.all(
        "UPDATE notification.preference SET kinds = %s::jsonb WHERE holder = %s",
        *(str(chosen).replace("'", '"'), f"staff-{OFFICER.id}"),
    )
    await written(writing)
    assert bool(facts(staff.country, OFFICER.id)) == told


async def test_a_digest_of_another_day_is_not_sent(
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    await owed(reported, staff, timedelta(days=-1))
    staff.prove(OFFICER, ADDRESS)
    await written(writing, today() - timedelta(days=1))
    async with mail_server.there(), working(settings):
        await staff_mailed(staff, 1)
    assert staff.mailed(OFFICER) == [("digest", "skipped", "expired")]
    assert mail_server.got == []


async def test_a_digest_does_not_follow_somebody_to_another_agency_or_role(
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    colleague = OFFICER.model_copy(update={"id": 14})
    staff.country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (14, 'dua', 'dua', 'liaison_officer', 3, 'x', true, 1)"
    )
    await owed(reported, staff, timedelta(days=-1))
    staff.prove(OFFICER, ADDRESS)
    staff.prove(colleague, "dua@binamarga.example")
    await written(writing)
    staff.country.all("UPDATE routing.staff SET agency_id = 2 WHERE id = %s", OFFICER.id)
    staff.country.all("UPDATE routing.staff SET role = 'agency_admin' WHERE id = 14")
    async with mail_server.there(), working(settings):
        await staff_mailed(staff, 2)
    for person in (OFFICER, colleague):
        assert staff.mailed(person) == [("digest", "skipped", "not_readable")]
    assert mail_server.got == []


async def test_news_of_the_kinds_wanted_in_the_digest_is_in_it_until_it_is_read(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    theirs = await owed(
        reported, staff, timedelta(days=30), handler_id=2, tab="unverified", status="UNVERIFIED"
    )
    others = (await reported()).number
    staff.handled_by_unit(others, handler_id=1)
    staff.prove(ADMIN, ADDRESS)
    staff.country.all(
        """UPDATE notification.preference SET kinds = '{"decided": "digest"}' WHERE holder = %s""",
        f"staff-{ADMIN.id}",
    )
    morning = datetime.combine(today(), time(7, 30), Zone.WIB.offset)
    before, after = morning - timedelta(minutes=1), morning + timedelta(minutes=1)
    for version, (number, kind, at, read_at) in enumerate(
        [
            *((theirs, "new", before, None), (theirs, "new", before, None)),
            (theirs, "decided", before, None),
            (theirs, "assigned", before, None),  # comes at once
            *((theirs, "reply", before, after), (theirs, "reply", after, None)),
            (theirs, "reply", before - timedelta(days=30), None),
            (others, "reply", before, None),
        ]
    ):
        staff.country.all(
            "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
            " created_at, read_at) VALUES (%s, %s, %s, 'to_verify', %s, '{}', %s, %s)",
            *(ADMIN.id, number, version, kind, at, read_at),
        )
    await written(writing)
    [digest] = facts(staff.country, ADMIN.id)
    news = {"count": 1, "numbers": [theirs]}
    assert (digest["sections"], digest["news"]) == ({}, {"new": news, "decided": news})
    text = text_of_digest(digest, "http://lapor.test", "id")
    assert [line for line in text.paragraphs if str(theirs) in line] == [
        f"Baru sejak pagi hari kerja sebelumnya – {kind}: 1 (nomor {theirs})"
        for kind in map(partial(message, "staff_message_kind"), ("new", "decided"))
    ]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, True),
        ({"status": "FOLLOWED_UP", "tab": "in_process"}, False),  # settlement alone goes on
        ({"status": "FOLLOWED_UP", "tab": "in_process", "due_at": None}, False),
        ({"status": "CLOSED_BY_ADMIN", "tab": "closed", "due_at": None}, False),
        ({"handler_id": 2}, False),
        ({"assignee_id": 14}, False),
        ({"assignee_id": 12}, True),
    ],
)
async def test_a_report_that_the_person_no_longer_owes_a_step_is_no_news_of_the_digest(
    reported: Reported,
    staff: StaffTold,
    writing: DigestActivities,
    columns: dict[str, Any],
    told: bool,
) -> None:
    verified = {"status": "VERIFIED"} | columns
    number = await owed(reported, staff, timedelta(days=30), **verified)
    staff.country.all(
        "INSERT INTO lifecycle.copy (number, agency_id) VALUES (%s, 3)",
        number,
    )
    staff.country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (14, 'dua', 'dua', 'liaison_officer', 3, 'x', true, 1)"
    )
    in_the_digest(staff, OFFICER, "new")
    rang(staff, OFFICER, number, "to_follow_up", "new")
    await written(writing)
    digests = facts(staff.country, OFFICER.id)
    assert [digest["news"] for digest in digests] == [
        {"new": {"count": 1, "numbers": [number]}} for _ in digests if told
    ]
    assert bool(digests) == told


@pytest.mark.parametrize(("decision", "told"), [(None, True), ("rejected", False)])
async def test_an_objection_is_news_of_the_digest_until_somebody_has_decided_it(
    reported: Reported, staff: StaffTold, writing: DigestActivities, decision: str, told: bool
) -> None:
    number = await owed(
        *(reported, staff, timedelta(days=30)), handler_id=2, tab="closed", due_at=None
    )
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, agency_id, decider_id, due_at,"
        " overdue, decision) VALUES (%s, %s, 'objection', now(), 2, 1, now(), false, %s)",
        *(uuid4(), number, decision),
    )
    in_the_digest(staff, ADMIN, "objection")
    rang(staff, ADMIN, number, "objection_waits", "objection")
    await written(writing)
    assert bool(facts(staff.country, ADMIN.id)) == told


def in_the_digest(staff: StaffTold, whom: Staff, kind: str) -> None:
    staff.prove(whom, ADDRESS)
    staff.country.all(
        "UPDATE notification.preference SET kinds = jsonb_build_object(%s::text, 'digest')"
        " WHERE holder = %s",
        *(kind, f"staff-{whom.id}"),
    )


def rang(staff: StaffTold, whom: Staff, number: int, template: str, kind: str) -> None:
    """An unread item of the bell, from a minute before this morning."""
    morning = datetime.combine(today(), time(7, 30), Zone.WIB.offset)
    staff.country.all(
        "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
        " created_at) VALUES (%s, %s, 2, %s, %s, '{}', %s)",
        *(whom.id, number, template, kind, morning - timedelta(minutes=1)),
    )
