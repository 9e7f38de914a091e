"""What a reporter does: by account, by access code, or through a partner system."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.statuses import Status
from tests.followup.conftest import OFFICER, Town
from tests.workflows.country import PROVINCE_ADMIN

REPLY = {"text": "Masih ada satu lubang."}


async def owned(town: Town, number: int, account_id: int) -> dict[str, str]:
    await town.execute(
        "INSERT INTO intake.reporter (id, name) VALUES (%s, ''::bytea) ON CONFLICT DO NOTHING",
        account_id,
    )
    await town.execute(
        "INSERT INTO intake.submission (number, reporter_id, access_code, scope, idempotency_key,"
        " fingerprint) VALUES (%s, %s, '', 'reporter', %s, '')",
        number,
        account_id,
        str(number),
    )
    return town.account(account_id)


async def test_a_reply_stops_the_ten_days_and_asks_for_a_follow_up(town: Town) -> None:
    number = await town.in_process()
    answer = await town.post(f"/reports/{number}/replies", town.bearer(number), REPLY)
    assert (answer.status_code, answer.json()["status"]) == (200, "REPLIED_BY_REPORTER")
    state = await town.state(number)
    assert state.auto_close_at is None
    assert state.due_at is not None
    assert (await town.words(number))[-1] == REPLY["text"]


async def test_an_account_reaches_its_own_report_only(town: Town) -> None:
    number, other = await town.in_process(), await town.in_process()
    mine = await owned(town, number, 5)
    await owned(town, other, 6)
    assert (await town.post(f"/reports/{number}/replies", mine, REPLY)).status_code == 200
    for strange in (other, 77):
        answer = await town.post(f"/reports/{strange}/replies", mine, REPLY)
        assert (answer.status_code, answer.json()["code"]) == (404, "report_not_found")


async def test_a_code_opens_its_own_report_only(town: Town) -> None:
    number, other = await town.in_process(), await town.in_process()
    answer = await town.post(f"/reports/{other}/replies", town.bearer(number), REPLY)
    assert answer.status_code == 404


async def test_a_partner_acts_for_its_own_reporters(town: Town) -> None:
    number, other = await town.in_process(system="jaki"), await town.in_process()
    jaki = await town.partner("jaki")
    assert (await town.post(f"/reports/{number}/replies", jaki, REPLY)).status_code == 200
    assert (await town.post(f"/reports/{other}/replies", jaki, REPLY)).status_code == 404
    [line] = [e for e in await town.reports.history(number) if e.action == "reply"]
    assert (line.actor_kind, line.system) == ("partner", "jaki")


@pytest.mark.parametrize("action", ["replies", "information", "satisfaction", "withdrawal"])
async def test_staff_do_not_act_as_reporters(town: Town, action: str) -> None:
    number = await town.in_process()
    body: dict[str, Any] = REPLY if action in ("replies", "information") else {}
    assert (await town.post(f"/reports/{number}/{action}", OFFICER, body)).status_code == 403


async def test_information_answers_the_question(town: Town) -> None:
    number = await town.unverified()
    path, mine = f"/reports/{number}/information", town.bearer(number)
    too_early = await town.post(path, mine, {"text": "Jalan Dago nomor 5."})
    assert (too_early.status_code, too_early.json()["code"]) == (409, "no_question_open")
    await town.does(number, Action.DEFER, PROVINCE_ADMIN, deferral=DeferralKind.INCOMPLETE_DATA)
    answer = await town.post(path, mine, {"text": "Jalan Dago nomor 5."})
    assert answer.json()["status"] == "INFORMATION_TO_EVALUATE"
    assert await town.words(number) == ["Jalan Dago nomor 5."]


async def test_satisfaction_closes_with_a_rating(town: Town) -> None:
    number = await town.in_process()
    path, mine = f"/reports/{number}/satisfaction", town.bearer(number)
    for rating in (0, 6, "5", 2.5):
        assert (await town.post(path, mine, {"rating": rating})).status_code == 422
    answer = await town.post(path, mine, {"rating": 5, "text": "Cepat sekali."})
    assert answer.json()["status"] == "CLOSED_BY_REPORTER"
    [row] = await town.reports.rows(
        "SELECT words, rating FROM followup.published_message"
        " WHERE number = :n AND action = 'declare_satisfied'",
        n=number,
    )
    assert tuple(row) == ("Cepat sekali.", 5)
    again = await town.post(path, mine, {})
    assert (again.status_code, again.json()["report_status"]) == (409, "CLOSED_BY_REPORTER")


async def test_satisfaction_needs_no_words(town: Town) -> None:
    number = await town.in_process()
    answer = await town.post(f"/reports/{number}/satisfaction", town.bearer(number), {})
    assert answer.json()["status"] == "CLOSED_BY_REPORTER"


async def test_a_report_is_withdrawn_before_it_is_verified(town: Town) -> None:
    number = await town.unverified()
    path, mine = f"/reports/{number}/withdrawal", town.bearer(number)
    answer = await town.post(path, mine, {"reason": "Sudah diperbaiki."})
    assert answer.json()["status"] == "ARCHIVED_BY_REPORTER"
    later = await town.verified()
    refused = await town.post(f"/reports/{later}/withdrawal", town.bearer(later), {})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_status")


async def test_the_same_reply_five_times_at_once_is_one(town: Town) -> None:
    number, key = await town.in_process(), uuid4()
    path, mine = f"/reports/{number}/replies", town.bearer(number)
    answers = await asyncio.gather(*(town.post(path, mine, REPLY, key=key) for _ in range(5)))
    assert [a.status_code for a in answers] == [200] * 5
    assert (await town.words(number)).count(REPLY["text"]) == 1


async def test_reply_and_satisfaction_at_once_end_in_a_state_that_makes_sense(town: Town) -> None:
    number = await town.in_process()
    mine = town.bearer(number)
    reply, satisfied = await asyncio.gather(
        town.post(f"/reports/{number}/replies", mine, REPLY),
        town.post(f"/reports/{number}/satisfaction", mine, {"rating": 4}),
    )
    assert satisfied.status_code == 200
    assert reply.status_code in (200, 409)
    assert (await town.state(number)).status is Status.CLOSED_BY_REPORTER
