"""Staff are told what concerns them, by bell and mail, and nothing of what they may not read."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn

from deploy.local.ports import free_port
from services.notification.app import make_app
from services.notification.bell.changes import STREAMS_OF_ONE
from services.notification.messages.staff_table import (
    Delivery,
    StaffKind,
    delivery_of,
    may_be_at_once,
)
from services.notification.sending import sender as sending
from shared.http.tokens import Staff
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.account_services import text_of
from tests.notification.conftest import MAIL, Reported, Told, until, working
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, OFFICER, PUSAT, UNIT, StaffTold, prove_address
from tests.notification.test_proofs import serving

ADDRESS = "tari@binamarga.example"
REPLIED: dict[str, Any] = {"status": Status.REPLIED_BY_REPORTER, "tab": Tab.IN_PROCESS, **UNIT}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    return StaffTold(country, settings)


async def to_unit(reported: Reported, staff: StaffTold, **columns: Any) -> Told:
    """A report that the officer's agency handles."""
    told = await reported()
    staff.handled_by_unit(told.number, **columns)
    return told


async def rung(staff: StaffTold, whom: Any, count: int) -> list[str]:
    """The bell, once so much is in it."""

    async def enough() -> bool:
        return len(staff.bell(whom)) >= count

    await until(enough)
    return staff.bell(whom)


async def test_an_officer_is_mailed_of_a_new_report_and_of_a_reply_and_the_bell_shows_both(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    told = await to_unit(reported, staff)
    staff.prove(OFFICER, ADDRESS)
    async with mail_server.there(), serving(settings) as client:
        verified = await told.happens("verified", Status.VERIFIED, **UNIT)
        await told.again(verified)
        await rung(staff, OFFICER, 1)
        await told.happens("replied", version=4, **REPLIED)

        async def both() -> bool:
            sent = [("to_follow_up", "sent", None), ("reply_came", "sent", None)]
            return staff.mailed(OFFICER) == sent

        await until(both)
        seen = await staff.seen(client, OFFICER)
        assert [(item["kind"], item["number"], item["read"]) for item in seen["items"]] == [
            ("reply", told.number, False),
            ("new", told.number, False),
        ]
        assert seen["unread"] == 2
        assert "Dinas Bina Marga" in seen["items"][1]["text"]
        # Of the reader's agency alone: the others have nothing.
        assert staff.bell(ADMIN) == staff.bell(PUSAT) == []
    assert len(mail_server.got) == 2
    for mail in mail_server.got:
        assert mail["To"] == ADDRESS
        assert mail["Subject"].startswith(f"LAPOR! laporan {told.number}: ")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text = mail.get_body(("plain",))
        assert text is not None
        assert f"http://lapor.test/panel/laporan/{told.number}" in text.get_content()
        assert "berlubang" not in mail.as_string() and "Siti" not in mail.as_string()
    assert {mail["Subject"].rpartition(": ")[2] for mail in mail_server.got} == {
        "laporan untuk ditindaklanjuti",
        "pelapor menanggapi",
    }


async def test_acting_on_a_report_reads_what_the_bell_said_of_it_for_who_acted_alone(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    colleague = OFFICER.model_copy(update={"id": 14})
    staff.country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (14, 'dua', 'dua', 'liaison_officer', 3, 'x', true, 1)"
    )
    told, other = await to_unit(reported, staff), await to_unit(reported, staff)
    async with serving(settings) as client:
        for each in (told, other):
            await each.happens("verified", Status.VERIFIED, **UNIT)
        await rung(staff, OFFICER, 2)
        staff.did(OFFICER, told.number, 3)
        # Nobody is told of a note without assignee.
        noted = {"version": 3, "action": Action.COORDINATE, **UNIT}
        step = await told.happens("coordinated", Status.VERIFIED, **noted)

        async def unread(whom: Staff) -> list[int]:
            items = (await staff.seen(client, whom))["items"]
            return sorted(item["number"] for item in items if not item["read"])

        async def read() -> bool:
            return await unread(OFFICER) == [other.number]

        await until(read)
        assert await unread(colleague) == sorted([told.number, other.number])
        # What came later is new, though the step is told again.
        await told.happens("replied", version=4, **REPLIED)
        await rung(staff, OFFICER, 3)
        await told.again(step)
        await other.happens("replied", version=4, **REPLIED)
        await rung(staff, OFFICER, 4)
        assert (await unread(OFFICER)).count(told.number) == 1


async def test_mail_about_a_report_that_has_just_come_waits_for_the_full_hour(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    chosen = {"new": "at_once"}
    with psycopg.connect(staff.country.url, autocommit=True) as connection:
        for whom, address in ((ADMIN, ADDRESS), (PUSAT, "pusat@lapor.example")):
            prove_address(connection, settings, whom.id, address, **chosen)
    anonymous, named = await reported(anonymous=True), await reported()
    new: dict[str, Any] = {"version": 1, "action": Action.SUBMIT, "tab": Tab.UNVERIFIED}
    root = {"handler_id": 1, "chain": (1,)}
    async with working(settings):
        for told in (anonymous, named):
            await told.happens("submitted", Status.UNVERIFIED, **new)
        await rung(staff, ADMIN, 2)
        restored = new | root | {"version": 2, "action": Action.RESTORE}
        await anonymous.happens("restored", Status.UNVERIFIED, **restored)
        assert await rung(staff, PUSAT, 1) == ["to_verify_again"]
        await named.happens("restored", Status.UNVERIFIED, **restored | {"handler_id": 2})
        assert await rung(staff, ADMIN, 3) == [*["to_verify"] * 2, "to_verify_again"]
        await anonymous.happens("verified", Status.VERIFIED, version=3, handler_id=2)
        await rung(staff, ADMIN, 4)
    rows = staff.country.all(
        "SELECT number, recipient, event, not_before = date_trunc('hour', not_before)"
        " FROM notification.message WHERE recipient LIKE 'staff-%%' AND event <> 'verified'"
    )
    assert sorted(rows) == [
        (anonymous.number, "staff-10", "restored", False),
        (anonymous.number, "staff-11", "submitted", True),
        (named.number, "staff-11", "restored", False),
        # Its time tells when those beside it came.
        (named.number, "staff-11", "submitted", True),
    ]


@pytest.mark.parametrize("anonymous", [False, True])
async def test_by_when_a_report_is_to_be_verified_is_told_by_its_day(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    mail_server: MailServer,
    anonymous: bool,
) -> None:
    told = await reported(anonymous=anonymous)
    told.prove("email", MAIL)
    staff.handled_by_unit(told.number, handler_id=2, tab="unverified")
    due_at = datetime(2026, 12, 4, 7, 37, 21, tzinfo=UTC)
    new: dict[str, Any] = {"version": 1, "action": Action.SUBMIT, "tab": Tab.UNVERIFIED}
    async with mail_server.there(), working(settings), serving(settings) as client:
        await told.happens("submitted", Status.UNVERIFIED, due_at=due_at, **new)
        await rung(staff, ADMIN, 1)

        async def came() -> bool:
            return bool(mail_server.got)

        await until(came)
        [item] = (await staff.seen(client, ADMIN))["items"]
    [mail] = mail_server.got
    assert "Jumat, 4 Desember 2026" in text_of(mail) and "14.37" not in text_of(mail)
    assert item["to_the_hour"] and item["at"].endswith(":00:00Z")
    assert "Jumat, 4 Desember 2026" in item["text"] and "14." not in item["text"]
    kept = staff.country.all("SELECT facts::text FROM notification.bell")
    assert "T07:37" not in str(kept), "nobody reads the minute there either"


async def test_who_did_it_is_not_told_and_an_assigned_report_concerns_one(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await to_unit(reported, staff)
    staff.country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (14, 'dua', 'Dua', 'liaison_officer', 3, 'x', true, 1)"
    )
    second = OFFICER.model_copy(update={"id": 14})
    async with working(settings):
        assigned = {"tab": Tab.IN_PROCESS, "details": {"assignee_id": 14}, **UNIT}
        staff.did(OFFICER, told.number, 2)
        await told.happens("coordinated", Status.FOLLOWED_UP, **assigned)
        assert await rung(staff, second, 1) == ["assigned"]
        staff.handled_by_unit(told.number, assignee_id=14)
        await told.happens("replied", version=3, **REPLIED)
        assert await rung(staff, second, 2) == ["assigned", "reply_came"]
        staff.handled_by_unit(told.number, assignee_id=None)
        staff.did(OFFICER, told.number, 4)
        await told.happens("reopened", Status.FOLLOWED_UP, version=4, tab=Tab.IN_PROCESS, **UNIT)
        assert await rung(staff, second, 3) == ["assigned", "reply_came", "open_again"]
    assert staff.bell(OFFICER) == []


async def test_what_concerns_somebody_who_is_away_is_told_to_their_stand_in_too(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    for id, name in ((14, "dua"), (15, "tiga")):
        staff.country.all(
            "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
            " token_version) VALUES (%s, %s, %s, 'liaison_officer', 3, 'x', true, 1)",
            *(id, name, name),
        )
    staff.country.all(
        "INSERT INTO routing.stand_in VALUES"
        " (12, 14, now() - interval '1 day', now() + interval '1 day'),"
        " (15, 14, now() + interval '1 day', now() + interval '2 days')"
    )
    second, third = (OFFICER.model_copy(update={"id": id}) for id in (14, 15))
    told = await to_unit(reported, staff, assignee_id=12)
    async with working(settings):
        await told.happens("replied", **REPLIED)
        assert await rung(staff, second, 1) == ["reply_came"]
        staff.handled_by_unit(told.number, assignee_id=15)
        await told.happens("replied", version=3, **REPLIED)
        assert await rung(staff, third, 1) == ["reply_came"]
    assert staff.bell(second) == staff.bell(OFFICER) == ["reply_came"]


async def test_a_request_waits_for_its_decider_and_who_asked_hears_the_decision(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await to_unit(reported, staff)
    request = "00000000-0000-4000-8000-000000000001"
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue) VALUES (%s, %s, 'hold', now(), %s, 3, 2, false)",
        *(request, told.number, OFFICER.id),
    )
    step: dict[str, Any] = {"status": Status.FOLLOWED_UP, "tab": Tab.IN_PROCESS, **UNIT}
    async with working(settings):
        await told.happens("requested", details={"decider_id": 2}, **step)
        assert await rung(staff, ADMIN, 1) == ["request_waits"]
        late = {"clock": "request", "request_id": request}
        await told.happens("overdue", version=3, details=late, escalated_to=1, **step)
        assert await rung(staff, ADMIN, 2) == ["request_waits", "request_late"]
        staff.country.all("UPDATE lifecycle.request SET decision = 'rejected', decided_at = now()")
        refused = {"request": "hold", "request_id": request}
        await told.happens("request_rejected", version=4, details=refused, **step)
        assert await rung(staff, OFFICER, 1) == ["request_refused"]
    assert staff.bell(PUSAT) == []


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize(
    ("event", "decision", "says"),
    [("held", "accepted", "disetujui oleh"), ("request_rejected", "rejected", "ditolak oleh")],
)
async def test_mail_of_a_decision_says_of_which_request_and_in_which_role_it_was_decided(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    mail_server: MailServer,
    event: str,
    decision: str,
    says: str,
    anonymous: bool,
) -> None:
    told = await reported(anonymous=anonymous)
    staff.handled_by_unit(told.number)
    staff.prove(OFFICER, ADDRESS)
    staff.prove(ADMIN, "admin@lapor.example")
    request = "00000000-0000-4000-8000-000000000001"
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue) VALUES (%s, %s, 'hold', now(), %s, 3, 2, false)",
        *(request, told.number, OFFICER.id),
    )
    step: dict[str, Any] = {"status": Status.FOLLOWED_UP, "tab": Tab.IN_PROCESS, **UNIT}
    step["from_status"] = Status.FOLLOWED_UP

    async def mailed(count: int) -> tuple[str, str]:
        async def came() -> bool:
            return len(mail_server.got) >= count

        await until(came)
        return mail_server.got[-1]["Subject"], text_of(mail_server.got[-1])

    async with mail_server.there(), working(settings):
        asked = {"decider_id": 2}
        await told.happens(
            "requested", version=3, action=Action.REQUEST_HOLD, details=asked, **step
        )
        subject, text = await mailed(1)
        assert "Permintaan Tahan Laporan dari Dinas Bina Marga menunggu" in text
        assert subject.endswith("permintaan menunggu keputusan Anda")
        staff.country.all(
            "UPDATE lifecycle.request SET decision = %s, decided_at = now()", decision
        )
        staff.did(ADMIN, told.number, 4)
        decided = {"request": "hold", "request_id": request}
        await told.happens(event, version=4, action=Action.HOLD, details=decided, **step)
        subject, text = await mailed(2)
    by = "Admin Instansi, Pemerintah Kota Bandung"
    assert f"Permintaan Tahan Laporan Anda {says} {by}" in text
    assert subject == f"LAPOR! laporan {told.number}: keputusan atas permintaan Anda"
    name = staff.country.one("SELECT name FROM routing.staff WHERE id = %s", ADMIN.id)
    for hidden in (name, "berlubang", "Siti"):
        assert hidden not in mail_server.got[-1].as_string()


@pytest.mark.parametrize("chain", [(2,), (2, 3)], ids=["of an admin", "of a unit without one"])
async def test_an_objection_waits_for_those_who_may_decide_or_accept_it(
    reported: Reported, staff: StaffTold, settings: Settings, chain: tuple[int, ...]
) -> None:
    told = await reported()
    staff.handled_by_unit(told.number, handler_id=chain[-1], tab="closed")
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue)"
        " VALUES (gen_random_uuid(), %s, 'objection', now(), NULL, %s, 1, false)",
        told.number,
        chain[-1],
    )
    closed: dict[str, Any] = {"tab": Tab.CLOSED, "handler_id": chain[-1], "chain": chain}
    async with working(settings):
        about = {"decider_id": 1, "objection_reason": "not_solved"}
        await told.happens("objected", Status.CLOSED_BY_ADMIN, details=about, **closed)
        assert await rung(staff, PUSAT, 1) == await rung(staff, ADMIN, 1) == ["objection_waits"]


@pytest.mark.parametrize("anonymous", [False, True])
async def test_who_decides_an_objection_is_told_by_when_and_of_the_anonymous_its_day(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    mail_server: MailServer,
    anonymous: bool,
) -> None:
    told = await reported(anonymous=anonymous)
    staff.prove(ADMIN, ADDRESS)
    ended = {"handler_id": 2, "tab": "closed", "status": "CLOSED_BY_ADMIN"}
    staff.handled_by_unit(told.number, **ended)
    due_at = datetime(2026, 12, 4, 7, 37, 21, tzinfo=UTC)
    staff.country.all(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, due_at, overdue)"
        " VALUES (gen_random_uuid(), %s, 'objection', now(), NULL, 2, 1, %s, false)",
        *(told.number, due_at),
    )
    closed: dict[str, Any] = {"tab": Tab.CLOSED, "handler_id": 2, "chain": (2,)}
    async with mail_server.there(), working(settings), serving(settings) as client:
        about = {"decider_id": 1, "objection_reason": "not_solved"}
        await told.happens("objected", Status.CLOSED_BY_ADMIN, details=about, **closed)
        await rung(staff, ADMIN, 1)
        [item] = (await staff.seen(client, ADMIN))["items"]
    day = "Jumat, 4 Desember 2026" if anonymous else "4 Des 2026 14.37 WIB"
    assert item["text"].endswith(f"menunggu keputusan, paling lambat {day}.")
    of_admin = "SELECT facts::text FROM notification.bell WHERE staff_id = %s"
    kept = str(staff.country.all(of_admin, ADMIN.id))
    assert ("T07:37" in kept) is not anonymous, "nobody below pusat reads the minute there either"


async def test_lateness_is_put_before_those_above_at_once_only_where_it_is_urgent(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    usual, urgent = await to_unit(reported, staff), await to_unit(reported, staff, priority=True)
    for person, name in ((ADMIN, "admin"), (PUSAT, "pusat")):
        staff.prove(person, f"{name}@lapor.example")
    late: dict[str, Any] = {"tab": Tab.AWAITING_FOLLOW_UP, "overdue": True, **UNIT}
    async with mail_server.there(), working(settings):
        for report in (usual, urgent):
            clock = {"clock": "follow_up", "level": 1}
            await report.happens("overdue", Status.VERIFIED, details=clock, escalated_to=2, **late)
            await report.happens("escalated", Status.VERIFIED, version=3, escalated_to=1, **late)
        assert await rung(staff, OFFICER, 2) == ["late", "late"]
        assert await rung(staff, ADMIN, 2) == ["escalated", "escalated"]
        # Pusat has figures of the others.
        assert await rung(staff, PUSAT, 1) == ["escalated"]

        async def sent() -> bool:
            return len(mail_server.got) == 2

        await until(sent)
    assert {mail["Subject"] for mail in mail_server.got} == {
        f"LAPOR! laporan {urgent.number}: keterlambatan disampaikan kepada instansi Anda"
    }


async def test_what_somebody_chose_decides_and_one_tap_ends_all_mail(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    told = await to_unit(reported, staff)
    staff.prove(OFFICER, ADDRESS)
    header = staff.header(OFFICER)
    async with mail_server.there(), serving(settings) as client:
        usual = (await client.get("/me/messages", headers=header)).json()
        assert (usual["stopped"], usual["kinds"]["new"], usual["kinds"]["late"]) == (
            *(False, "at_once", "digest"),
        )
        chosen = {"stopped": False, "kinds": {"new": "none"}}
        answer = await client.put("/me/messages", json=chosen, headers=header)
        assert answer.json()["kinds"]["new"] == "none"
        await told.happens("verified", Status.VERIFIED, **UNIT)
        await rung(staff, OFFICER, 1)
        await told.happens("replied", version=4, **REPLIED)

        async def came() -> bool:
            return staff.mailed(OFFICER) == [("reply_came", "sent", None)]

        await until(came)
        assert staff.bell(OFFICER) == ["to_follow_up", "reply_came"]
        address = mail_server.got[0]["List-Unsubscribe"].strip().strip("<>")
        token = {"token": address.rpartition("/")[2]}
        stopped = await client.post("/unsubscribe", json=token)
        assert stopped.json() == {"stopped": True, "audience": "staff"}
        assert (await client.get("/me/messages", headers=header)).json()["stopped"] is True
        await told.happens("replied", version=6, **REPLIED)
        await rung(staff, OFFICER, 3)
    assert len(staff.mailed(OFFICER)) == len(mail_server.got) == 1


async def test_who_may_not_read_the_report_any_more_is_told_no_more_of_it(
    reported: Reported, staff: StaffTold, settings: Settings, mail_server: MailServer
) -> None:
    told = await to_unit(reported, staff)
    staff.prove(OFFICER, ADDRESS)
    async with serving(settings) as client:  # whoever carries mail is away
        await told.happens("verified", Status.VERIFIED, **UNIT)
        await rung(staff, OFFICER, 1)
        assert (await staff.seen(client, OFFICER))["unread"] == 1
        staff.handled_by_unit(told.number, handler_id=4)
        seen = await staff.seen(client, OFFICER)
        assert (seen["items"], seen["unread"]) == ([], 0)
        [[item_id]] = staff.country.all("SELECT id FROM notification.bell")
        opened = await client.post(f"/me/bell/{item_id}/read", headers=staff.header(OFFICER))
        assert opened.status_code == 404
    async with mail_server.there(), working(settings):

        async def ended() -> bool:
            return staff.mailed(OFFICER) == [("to_follow_up", "skipped", "not_readable")]

        await until(ended)
    assert mail_server.got == []
    # A copy lets those at its agency and above read on.
    staff.country.all("INSERT INTO lifecycle.copy VALUES (%s, 3)", told.number)
    async with serving(settings) as client:
        assert (await staff.seen(client, OFFICER))["unread"] == 1


async def test_the_bell_has_pages_and_what_was_read_comes_after_what_was_not(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await to_unit(reported, staff)
    header = staff.header(OFFICER)
    async with serving(settings) as client:
        for version in (2, 3, 4):
            await told.happens("replied", version=version, **REPLIED)
            await rung(staff, OFFICER, version - 1)
        ids = [item["id"] for item in (await staff.seen(client, OFFICER))["items"]]
        opened = await client.post(f"/me/bell/{ids[0]}/read", headers=header)
        assert (opened.json()["number"], opened.json()["read"]) == (told.number, True)
        others = await client.post(f"/me/bell/{ids[1]}/read", headers=staff.header(ADMIN))
        assert others.status_code == 404
        first = await staff.seen(client, OFFICER, limit=2)
        assert [item["id"] for item in first["items"]] == ids[1:]
        second = await staff.seen(client, OFFICER, limit=2, cursor=first["next"])
        assert [item["id"] for item in second["items"]] == ids[:1]
        await client.post("/me/bell/read", json={"id": ids[1]}, headers=header)
        assert (await staff.seen(client, OFFICER))["unread"] == 0


async def test_the_bell_rings_live_and_only_so_many_may_listen(
    reported: Reported, staff: StaffTold, settings: Settings
) -> None:
    told = await to_unit(reported, staff)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = make_app(settings)
    config = uvicorn.Config(app, port=port, log_config=None)
    server = uvicorn.Server(config)
    serving_it = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    header, counts = staff.header(OFFICER), asyncio.Queue[int]()

    async def listen(client: httpx.AsyncClient) -> int:
        async with client.stream("GET", "/me/bell/live", headers=header) as stream:
            if stream.status_code != 200:
                return stream.status_code
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    counts.put_nowait(json.loads(line.removeprefix("data:")))
        return 200

    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        streams = [asyncio.create_task(listen(client)) for _ in range(STREAMS_OF_ONE)]
        for _ in streams:
            assert await counts.get() == 0
        assert await listen(client) == 429
        await told.happens("replied", version=3, **REPLIED)
        while await counts.get() != 1:
            pass
        # What is read in one tab is read in the others.
        [item] = (await client.get("/me/bell", headers=header)).json()["items"]
        await client.post(f"/me/bell/{item['id']}/read", headers=header)
        while await counts.get() != 0:
            pass
        # Who leaves makes room for another.
        streams.pop().cancel()
        while app.state.bell_changes.is_full(OFFICER.id):
            await asyncio.sleep(0.01)
        # A process that stops does not wait for those that stay.
        app.state.stopping.set()
        assert await asyncio.gather(*streams) == [200] * (STREAMS_OF_ONE - 1)
        server.should_exit = True
        await serving_it


def test_officers_hear_at_once_and_admins_read_a_list_in_the_morning() -> None:
    officer, admin = Role.LIAISON_OFFICER, Role.AGENCY_ADMIN
    assert delivery_of(StaffKind.NEW, officer, {}) is Delivery.AT_ONCE
    assert delivery_of(StaffKind.NEW, admin, {}) is Delivery.DIGEST
    assert delivery_of(StaffKind.REQUEST, admin, {}) is Delivery.AT_ONCE
    assert delivery_of(StaffKind.LATE, officer, {"late": "none"}) is Delivery.NONE


@pytest.mark.parametrize(
    ("kind", "priority", "classification", "at_once"),
    [
        (StaffKind.ESCALATED, False, "complaint_without_oversight", False),
        (StaffKind.ESCALATED, False, None, False),
        (StaffKind.ESCALATED, True, None, True),
        (StaffKind.ESCALATED, False, "complaint_with_oversight", True),
        (StaffKind.LATE, False, None, True),
    ],
)
def test_only_urgent_lateness_goes_up_at_once(
    kind: StaffKind, priority: bool, classification: str | None, at_once: bool
) -> None:
    assert may_be_at_once(kind, priority=priority, classification=classification) is at_once
