"""A partner system sends reports: each is accepted once, and each message has its receipt."""

import json
from typing import Any

from tests.partners.conftest import Partner, Stack, report
from tests.workflows.country import PROVINCE


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


async def test_what_a_partner_states_of_a_contact_is_kept_and_proves_nothing(
    stack: Stack, dukcapil: Partner
) -> None:
    who = {"name": "Siti", "phone": "081234567890", "verified_by_us": ["phone", "email"]}
    async with stack.intake():
        await dukcapil.exchange("report", report(reporter=who), "msg-1")
        wrong = who | {"verified_by_us": ["nik"]}
        refused = await dukcapil.exchange("report", report(reporter=wrong), "msg-2")
    [row] = await stack.rows("SELECT phone_stated, email_stated FROM intake.submission")
    assert (row.phone_stated, row.email_stated) == (True, False)  # there is no address
    assert await stack.rows("SELECT FROM notification.contact") == []
    assert refused["problems"][0]["field"] == "data.reporter.verified_by_us.?"


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
    assert (again["accepted"], other["accepted"]) == (True, False)
    assert [problem["code"] for problem in other["problems"]] == ["external_id_reused"]
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
        ({"title": 7}, {("data.title", "string_type")}),
        ({"body": "x" * 3_001}, {("data.body", "text_too_long")}),
        ({"anonymous": "true"}, {("data.anonymous", "bool_type")}),
        ({"happened_at": "kemarin"}, {("data.happened_at", "day_or_instant")}),
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
            problems = {(problem["field"], problem["code"]) for problem in receipt["problems"]}
            assert (receipt["accepted"], problems) == (False, expected), receipt
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
    assert (await stack.stream()).state.messages == 0


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
