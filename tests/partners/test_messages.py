"""What a partner's reporters say about their reports, through workflow and tables, and back."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from nats.js.errors import NoStreamResponseError

from services.followup import partner_messages
from services.followup.partner_messages import PATIENCE, PartnerMessages
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.statuses import Status
from tests.partners.conftest import Partner, Stack, report
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP

ID = "JKT/2026/0001"


@pytest.fixture
async def dukcapil(stack: Stack) -> Partner:
    return await stack.partner("Dukcapil")


async def test_a_report_is_deferred_completed_followed_up_replied_to_and_closed(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.start_all()
    number = (await dukcapil.exchange("report", report()))["number"]
    question = {"deferral": DeferralKind.INCOMPLETE_DATA}
    await stack.does(number, Action.DEFER, PROVINCE_ADMIN, **question)
    assert (await dukcapil.event("deferred"))["status"] == "AWAITING_INFORMATION"

    completed = await dukcapil.exchange("information", _said("Di depan kios 12."))
    assert (completed["accepted"], completed["status"]) == (True, "INFORMATION_TO_EVALUATE")

    await stack.does(number, Action.VERIFY, PROVINCE_ADMIN)
    await stack.does(number, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
    followed_up = await dukcapil.event("followed_up")
    words = await stack.get(followed_up["url"], dukcapil.token)
    assert words.json()["status"] == "FOLLOWED_UP"

    replied = await dukcapil.exchange("reply", _said("Masih mati."), "reply-1")
    assert (replied["status"], replied["number"]) == ("REPLIED_BY_REPORTER", number)
    satisfied = await dukcapil.exchange("satisfaction", {"number": number, "rating": 5})
    assert satisfied["status"] == "CLOSED_BY_REPORTER"

    assert (await dukcapil.event("closed"))["version"] == satisfied["version"]
    versions = [event["version"] for event in dukcapil.events]
    assert versions == sorted(set(versions))
    messages = await stack.rows("SELECT words FROM followup.published_message ORDER BY at")
    assert [row.words for row in messages] == ["Di depan kios 12.", "Masih mati.", ""]
    received = json.dumps(dukcapil.receipts + dukcapil.events)
    assert "kios" not in received
    assert "Siti" not in received


async def test_a_message_sent_twice_happens_once_and_has_two_receipts(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.start_all()
    await dukcapil.exchange("report", report())

    first = await dukcapil.exchange("withdrawal", {"external_id": ID}, "w-1")
    again = await dukcapil.exchange("withdrawal", {"external_id": ID}, "w-1")
    another = await dukcapil.exchange("withdrawal", {"external_id": ID}, "w-2")
    reused = await dukcapil.exchange("reply", _said("?"), "w-1")

    assert first["accepted"]
    assert (first["status"], first["version"]) == ("ARCHIVED_BY_REPORTER", 2)
    assert again | {"sequence": 0} == first | {"sequence": 0}
    assert _codes(another) == [(None, "not_allowed_in_status")]
    assert another["status"] == Status.ARCHIVED_BY_REPORTER
    assert _codes(reused) == [(None, "idempotency_key_reused")]
    assert await stack.rows("SELECT FROM lifecycle.dead_letter") == []


async def test_a_reply_that_comes_before_its_report_waits_for_it(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.start_all()
    early = await dukcapil.send("withdrawal", {"external_id": ID})
    await asyncio.sleep(0.3)
    await dukcapil.exchange("report", report())

    receipt = await dukcapil.receipt_for(early, "withdrawal")

    assert (receipt["accepted"], receipt["status"]) == (True, "ARCHIVED_BY_REPORTER")


async def test_after_some_minutes_an_unknown_report_is_refused(
    stack: Stack, dukcapil: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(minutes=5) <= PATIENCE <= timedelta(hours=1)
    defaults = PartnerMessages.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "patience", timedelta(seconds=1))
    await stack.start_all()
    kemenkes = await stack.partner("Kemenkes")
    number = (await kemenkes.exchange("report", report("K-1")))["number"]

    unknown = await dukcapil.exchange("reply", _said("Halo"))
    not_mine = await dukcapil.exchange("withdrawal", {"number": number})
    nobodys = await dukcapil.exchange("withdrawal", {"number": 1})

    for receipt in (unknown, not_mine, nobodys):
        assert _codes(receipt) == [(None, "report_unknown")]
    assert (await stack.reports.state(number)).status is Status.UNVERIFIED
    letters = await stack.rows("SELECT reason_code FROM lifecycle.dead_letter")
    assert [letter.reason_code for letter in letters] == ["report_unknown"] * 3


async def test_a_partner_that_names_many_unknown_reports_does_not_hold_up_the_others(
    stack: Stack, dukcapil: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_messages, "MOST_WAITING", 2)
    await stack.start_all()
    kemenkes = await stack.partner("Kemenkes")
    await kemenkes.exchange("report", report())

    for number in range(5):
        await dukcapil.send("reply", {"external_id": f"unknown-{number}", "text": "Halo"})

    assert (await kemenkes.exchange("withdrawal", {"external_id": ID}))["accepted"]
    await dukcapil.until(lambda: len(dukcapil.receipts) == 3)
    for receipt in dukcapil.receipts:
        assert _codes(receipt) == [(None, "report_unknown")]


async def test_bad_messages_are_refused_by_field_and_the_next_is_carried_out(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.start_all()
    await dukcapil.exchange("report", report())
    bad: list[tuple[str, dict[str, Any], tuple[str | None, str]]] = [
        ("reply", {"external_id": ID}, ("data.text", "missing")),
        ("reply", {"text": "Halo"}, ("data", "one_reference")),
        ("reply", {"external_id": ID, "number": 1, "text": "x"}, ("data", "one_reference")),
        ("information", _said("x" * 3_001), ("data.text", "text_too_long")),
        ("satisfaction", {"external_id": ID, "rating": 6}, ("data.rating", "less_than_equal")),
        ("satisfaction", {"external_id": ID, "rating": "5"}, ("data.rating", "int_type")),
        ("withdrawal", {"external_id": ID, "why": "?"}, ("data.why", "extra_forbidden")),
    ]
    for kind, data, expected in bad:
        receipt = await dukcapil.exchange(kind, data)
        assert _codes(receipt) == [expected], receipt
    broken = await dukcapil.send_raw("reply", b"\xff")
    assert _codes(await dukcapil.receipt_for(broken, "reply")) == [(None, "not_utf8")]

    assert (await dukcapil.exchange("withdrawal", {"external_id": ID}))["accepted"]
    letters = await stack.rows("SELECT FROM lifecycle.dead_letter")
    assert len(letters) == len(bad) + 1


async def test_while_the_worker_is_down_a_message_waits_for_its_outcome(
    stack: Stack, dukcapil: Partner
) -> None:
    await stack.running.enter_async_context(stack.intake())
    await stack.running.enter_async_context(stack.followup())
    await stack.start_relay()
    await dukcapil.exchange("report", report())
    ack = await dukcapil.send("withdrawal", {"external_id": ID})
    async with asyncio.timeout(120):
        while not await stack.rows("SELECT FROM lifecycle.command"):
            await asyncio.sleep(0.05)
    assert len(dukcapil.receipts) == 1

    await stack.start_worker()

    receipt = await dukcapil.receipt_for(ack, "withdrawal")
    assert (receipt["accepted"], receipt["status"]) == (True, "ARCHIVED_BY_REPORTER")


async def test_a_partner_cannot_send_as_another(stack: Stack, dukcapil: Partner) -> None:
    await stack.partner("Kemenkes")
    dukcapil.system = "kemenkes"

    with pytest.raises((NoStreamResponseError, TimeoutError)):
        await dukcapil.send("report", report())

    assert await stack.rows("SELECT FROM lifecycle.report") == []


def _said(words: str) -> dict[str, Any]:
    return {"external_id": ID, "text": words}


def _codes(receipt: dict[str, Any]) -> list[tuple[str | None, str]]:
    assert not receipt["accepted"]
    return [(problem["field"], problem["code"]) for problem in receipt["problems"]]
