"""A partner system sends reports: each is accepted once, and each message has its receipt."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from deploy.partners.register import remove
from services.intake.acceptance import Acceptance
from services.intake.partner_reports import PartnerReports
from shared.bus.connection import connect
from shared.bus.dead_letters import retry, unresolved
from shared.bus.pull import Pull
from shared.bus.streams import INTAKE
from shared.bus.trouble import TryLater
from shared.database.engine import Database
from shared.identity import IdentityCipher
from tests.partners.conftest import Partner, Stack, report
from tests.workflows.factory import PROVINCE


@pytest.fixture
async def dukcapil(stack: Stack) -> Partner:
    await stack.start_relay()
    return await stack.partner("Dukcapil")


async def test_a_report_gets_a_number_and_is_with_the_agency_addressed(
    stack: Stack, dukcapil: Partner
) -> None:
    async with stack.intake():
        receipt = await dukcapil.exchange("report", report(), "msg-1")

    number = receipt["number"]
    url = f"{stack.settings('lapor_intake').intake_url}/reports/{number}"
    assert receipt | {"sequence": 1} == {
        "kind": "report",
        "sequence": 1,
        "message_id": "msg-1",
        "external_id": "JKT/2026/0001",
        "accepted": True,
        "number": number,
        "status": "UNVERIFIED",
        "version": None,
        "duplicate": False,
        "differs": False,
        "url": url,
        "problems": [],
    }
    [row] = await stack.rows(
        "SELECT r.channel, r.system, r.external_id, r.handler_id, r.region_code,"
        " t.original_title, h.actor_kind, h.system AS by"
        " FROM lifecycle.report r JOIN lifecycle.report_text t USING (number)"
        " JOIN lifecycle.history h USING (number) WHERE r.number = :n",
        n=number,
    )
    assert (row.channel, row.system, row.external_id) == ("partner", "dukcapil", "JKT/2026/0001")
    assert (row.handler_id, row.region_code) == (PROVINCE, "32.73")
    assert (row.actor_kind, row.by) == ("partner", "dukcapil")
    assert row.original_title == "Lampu jalan mati di depan pasar"


async def test_the_same_report_again_has_the_first_number_and_says_whether_it_differs(
    stack: Stack, dukcapil: Partner
) -> None:
    async with stack.intake():
        first = await dukcapil.exchange("report", report(), "msg-1")
        again = await dukcapil.exchange("report", report(), "msg-1")
        other = await dukcapil.exchange("report", report(title="Lampu menyala"), "msg-2")

    assert (first["duplicate"], again["duplicate"], other["duplicate"]) == (False, True, True)
    assert (again["differs"], other["differs"]) == (False, True)
    assert first["number"] == again["number"] == other["number"]
    assert again["accepted"]
    assert len(await stack.rows("SELECT FROM lifecycle.report")) == 1


async def test_the_same_external_id_of_another_partner_is_another_report(
    stack: Stack, dukcapil: Partner
) -> None:
    kemenkes = await stack.partner("Kemenkes")
    async with stack.intake():
        mine = await dukcapil.exchange("report", report(), "msg-1")
        theirs = await kemenkes.exchange("report", report(), "msg-1")

    assert mine["number"] != theirs["number"]
    assert not theirs["duplicate"]


async def test_what_is_wrong_is_said_by_field_without_repeating_what_was_sent(
    stack: Stack, dukcapil: Partner
) -> None:
    wrong: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
        ({"title": None}, {("data.title", "string_type")}),
        ({"body": "x" * 3_001}, {("data.body", "text_too_long")}),
        ({"anonymous": "true"}, {("data.anonymous", "bool_type")}),
        ({"happened_at": "kemarin"}, {("data.happened_at", "date_parsing")}),
        ({"happened_at": "2999-01-01"}, {("data.happened_at", "in_future")}),
        ({"happened_at": "1800-01-01"}, {("data.happened_at", "before_independence")}),
        ({"latitude": None}, {("data", "coordinates_incomplete")}),
        ({"colour": "blue"}, {("data.colour", "extra_forbidden")}),
        ({"Siti 081234": "blue"}, {("data.?", "extra_forbidden")}),
        ({"reporter": {"name": "Siti"}}, {("data", "contact_missing")}),
        (
            {"reporter": {"name": "Siti", "phone": "12", "nik": "3"}},
            {("data.reporter.phone", "phone_invalid"), ("data.reporter.nik", "nik_format")},
        ),
        ({"external_id": "JKT 1"}, {("data.external_id", "string_not_ascii")}),
        (
            {"addressee": "tidak-ada", "category": "bulan", "region_code": "99"},
            {
                ("data.addressee", "agency_unknown"),
                ("data.category", "category_unknown"),
                ("data.region_code", "region_unknown"),
            },
        ),
    ]
    async with stack.intake():
        for changes, expected in wrong:
            receipt = await dukcapil.exchange("report", report(**changes))
            found = {(problem["field"], problem["code"]) for problem in receipt["problems"]}
            assert (receipt["accepted"], found) == (False, expected), receipt
            assert all(problem["message"] for problem in receipt["problems"])
            assert "081234" not in json.dumps(receipt)
    assert await stack.rows("SELECT FROM lifecycle.report") == []


async def test_every_bad_message_is_a_dead_letter_with_a_receipt_and_reading_goes_on(
    stack: Stack, dukcapil: Partner
) -> None:
    event = json.dumps({"specversion": "1.0", "id": "1", "data": report()}).encode()
    bad: dict[bytes, str] = {
        b"": "not_json",
        b"{": "not_json",
        b"[1]": "not_json",
        b"\xff\xfe{\x00}\x00": "not_utf8",
        json.dumps({"x": "y" * 70_000}).encode(): "too_large",
        event: "not_cloudevent",
        json.dumps({"specversion": "1.0", "data": {}}).encode(): "not_cloudevent",
    }
    async with stack.intake():
        for body, code in bad.items():
            ack = await dukcapil.send_raw("report", body)
            receipt = await dukcapil.receipt_for(ack)
            assert (receipt["accepted"], receipt["number"]) == (False, None)
            assert [problem["code"] for problem in receipt["problems"]] == [code]
        wrong_type = await dukcapil.exchange("report", report(), type="id.go.lapor.reply")
        wrong_id = await dukcapil.exchange("report", report(), id="dua kata")
        foreign = await dukcapil.send_raw("report", event, {"Nats-Msg-Id": "kemenkes-1"})
        good = await dukcapil.exchange("report", report())

    assert [p["code"] for p in wrong_type["problems"]] == ["wrong_type"]
    assert (wrong_id["message_id"], wrong_id["problems"][0]["field"]) == (None, "id")
    assert (await dukcapil.receipt_for(foreign))["problems"][0]["code"] == "foreign_id"
    assert good["accepted"]
    letters = await stack.rows("SELECT reason_code, system, body FROM lifecycle.dead_letter")
    assert len(letters) == len(bad) + 3
    assert {letter.system for letter in letters} == {"dukcapil"}
    assert not any(b"Siti" in letter.body for letter in letters)
    assert (await _bus_state(stack)).state.messages == 0


async def test_a_dead_letter_put_back_after_the_cause_is_gone_becomes_a_report(
    stack: Stack, dukcapil: Partner
) -> None:
    settings = stack.settings("lapor_intake")
    async with stack.intake():
        refused = await dukcapil.exchange("report", report(category="banjir"))
        assert [p["code"] for p in refused["problems"]] == ["category_unknown"]
        bus = await connect(stack.server.url, "operator", patience=10)
        async with stack.owner.session() as session:
            await session.execute(
                text(
                    "INSERT INTO routing.category (id, code, name, active)"
                    " VALUES (2, 'banjir', 'Banjir', true)"
                )
            )
        async with stack.owner.session() as session:
            [letter] = await unresolved(session)
            await retry(session, IdentityCipher(settings.identity_keys), bus, letter)
        await bus.close()
        await dukcapil.until(lambda: len(dukcapil.receipts) == 2)

    accepted = dukcapil.receipts[1]
    assert accepted["accepted"]
    assert accepted["message_id"] == refused["message_id"]
    assert accepted["sequence"] > refused["sequence"]


async def test_what_a_removed_partner_left_behind_is_not_accepted(
    stack: Stack, dukcapil: Partner
) -> None:
    ack = await dukcapil.send("report", report())
    await remove(stack.owner, stack.server.folder, "dukcapil")

    async with stack.intake():
        async with asyncio.timeout(10):
            while not (letters := await stack.rows("SELECT * FROM lifecycle.dead_letter")):
                await asyncio.sleep(0.05)

    assert [(x.reason_code, x.stream_sequence) for x in letters] == [("partner_inactive", ack.seq)]
    assert await stack.rows("SELECT FROM lifecycle.report") == []


async def test_a_crash_between_commit_and_ack_doubles_nothing(
    stack: Stack, dukcapil: Partner
) -> None:
    ack = await dukcapil.send("report", report())
    settings = stack.settings("lapor_intake")
    database = Database(settings.database_url)
    bus = await connect(stack.server.url, "dies", patience=10)
    dying = PartnerReports(database, Acceptance.of(settings), f"{settings.intake_url}/reports")
    pull = await Pull.open(bus, INTAKE)
    messages = await pull.messages(10, 5)
    assert await dying.accept(messages) == [None]
    # Committed, never acknowledged; the server gives it to another reader at once.
    await messages[0].nak()
    await bus.close()
    await database.dispose()

    async with stack.intake():
        first = await dukcapil.receipt_for(ack)
        async with asyncio.timeout(10):
            while (await _bus_state(stack)).state.messages:
                await asyncio.sleep(0.05)
        await _until_told(stack)

    assert len(await stack.rows("SELECT FROM lifecycle.report")) == 1
    # Who listens live may hear it twice, by the same id; kept is one.
    assert {receipt["number"] for receipt in dukcapil.receipts} == {first["number"]}
    assert (await _bus_state(stack, "PARTNERS")).state.messages == 1


async def test_while_the_database_is_away_reports_wait_and_one_that_it_never_takes_stands_alone(
    stack: Stack, dukcapil: Partner
) -> None:
    settings = stack.settings("lapor_intake")
    bus = await connect(stack.server.url, "reads", patience=10)
    for external_id in ("1", "2", "3"):
        await dukcapil.send("report", report(external_id))
    messages = await (await Pull.open(bus, INTAKE)).messages(10, 5)
    url = settings.database_url.rpartition("/")[0] + "/nothing_there"
    away = Database(url)
    verdicts = await PartnerReports(away, Acceptance.of(settings), "").accept(messages)
    assert [type(verdict) for verdict in verdicts] == [TryLater] * 3
    await away.dispose()

    async with stack.owner.session() as session:
        await session.execute(text("ALTER TABLE lifecycle.report ADD CHECK (external_id <> '2')"))
    database = Database(settings.database_url)
    verdicts = await PartnerReports(database, Acceptance.of(settings), "").accept(messages)
    assert verdicts[0] is None
    assert isinstance(verdicts[1], psycopg.errors.CheckViolation)
    assert verdicts[2] is None
    await database.dispose()
    await bus.close()


async def test_two_thousand_reports_are_drained_and_none_is_lost(
    stack: Stack, dukcapil: Partner
) -> None:
    total = 2_000
    for start in range(0, total, 250):
        await asyncio.gather(
            *(
                dukcapil.send("report", report(f"B-{n}"), f"b-{n}")
                for n in range(start, start + 250)
            )
        )

    async with stack.intake():
        await dukcapil.until(lambda: len(dukcapil.receipts) >= total, seconds=90)

    assert {receipt["external_id"] for receipt in dukcapil.receipts} == {
        f"B-{n}" for n in range(total)
    }
    assert len({receipt["number"] for receipt in dukcapil.receipts}) == total
    [count] = await stack.rows("SELECT count(*) AS n FROM lifecycle.report")
    assert count.n == total


async def test_the_service_starts_without_nats_and_reads_when_it_comes(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.server.nats.stop()
    async with stack.intake():
        assert (await stack.get("/healthz")).status_code == 200
        stack.server.nats.start()
        await stack.server.nats.wait_ready()
        async with asyncio.timeout(20):
            while not dukcapil.bus.nc.is_connected:
                await asyncio.sleep(0.05)
        receipt = await dukcapil.exchange("report", report())

    assert receipt["accepted"]


async def test_a_partner_reads_number_code_and_words_of_its_own_reports_only(
    stack: Stack, dukcapil: Partner
) -> None:
    kemenkes = await stack.partner("Kemenkes")
    async with stack.intake():
        receipt = await dukcapil.exchange("report", report(secret=True))
        mine = await stack.get("/partner/reports/JKT/2026/0001", dukcapil.token)
        not_theirs = await stack.get("/partner/reports/JKT/2026/0001", kemenkes.token)
        nobodys = await stack.get("/partner/reports/JKT/2026/0001")
        words = await stack.get(f"/reports/{receipt['number']}", dukcapil.token)
        hidden = await stack.get(f"/reports/{receipt['number']}", kemenkes.token)

    assert mine.status_code == 200, mine.text
    assert (mine.json()["number"], len(mine.json()["access_code"])) == (receipt["number"], 8)
    assert (not_theirs.status_code, nobodys.status_code) == (404, 401)
    assert words.json()["original_title"] == "Lampu jalan mati di depan pasar"
    assert hidden.status_code == 404
    assert mine.json()["access_code"] not in json.dumps(dukcapil.receipts)


async def _bus_state(stack: Stack, stream: str = "INGEST_REPORTS") -> Any:
    bus = await connect(stack.server.url, "looks", patience=10)
    try:
        return await bus.js.stream_info(stream)
    finally:
        await bus.close()


async def _until_told(stack: Stack) -> None:
    async with asyncio.timeout(10):
        while await stack.rows("SELECT FROM lifecycle.outbox"):
            await asyncio.sleep(0.05)
