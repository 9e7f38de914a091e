"""What a reporter does: by account, by access code, or through a partner system."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.routing.reading.history import line_label, with_readers
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.statuses import Status
from tests.followup.conftest import ABOVE, OFFICER, REASON, Cluster
from tests.workflows.country import PROVINCE_ADMIN

REPLY = {"text": "Masih ada satu lubang."}


async def owned(cluster: Cluster, number: int, account_id: int) -> dict[str, str]:
    await cluster.execute(
        "INSERT INTO intake.reporter (id, name) VALUES (%s, ''::bytea) ON CONFLICT DO NOTHING",
        account_id,
    )
    await cluster.execute(
        "INSERT INTO intake.submission (number, reporter_id, access_code, scope, idempotency_key,"
        " fingerprint) VALUES (%s, %s, '', 'reporter', %s, '')",
        number,
        account_id,
        str(number),
    )
    return cluster.account(account_id)


async def test_a_reply_stops_the_ten_days_and_asks_for_a_follow_up(cluster: Cluster) -> None:
    number = await cluster.in_process()
    answer = await cluster.post(f"/reports/{number}/replies", cluster.bearer(number), REPLY)
    assert (answer.status_code, answer.json()["status"]) == (200, "REPLIED_BY_REPORTER")
    state = await cluster.state(number)
    assert state.auto_close_at is None
    assert state.due_at is not None
    assert (await cluster.words(number))[-1] == REPLY["text"]


async def test_an_account_reaches_its_own_report_only(cluster: Cluster) -> None:
    number, other = await cluster.in_process(), await cluster.in_process()
    mine = await owned(cluster, number, 5)
    await owned(cluster, other, 6)
    assert (await cluster.post(f"/reports/{number}/replies", mine, REPLY)).status_code == 200
    for strange in (other, 77):
        answer = await cluster.post(f"/reports/{strange}/replies", mine, REPLY)
        assert (answer.status_code, answer.json()["code"]) == (404, "report_not_found")


async def test_a_code_opens_its_own_report_only(cluster: Cluster) -> None:
    number, other = await cluster.in_process(), await cluster.in_process()
    answer = await cluster.post(f"/reports/{other}/replies", cluster.bearer(number), REPLY)
    assert answer.status_code == 404


async def test_a_partner_acts_for_its_own_reporters(cluster: Cluster) -> None:
    number, other = await cluster.in_process(system="jaki"), await cluster.in_process()
    jaki = await cluster.partner("jaki")
    assert (await cluster.post(f"/reports/{number}/replies", jaki, REPLY)).status_code == 200
    assert (await cluster.post(f"/reports/{other}/replies", jaki, REPLY)).status_code == 404
    [line] = [e for e in await cluster.reports.history(number) if e.action == "reply"]
    assert (line.actor_kind, line.system) == ("partner", "jaki")


@pytest.mark.parametrize("action", ["replies", "information", "satisfaction", "withdrawal"])
async def test_staff_do_not_act_as_reporters(cluster: Cluster, action: str) -> None:
    number = await cluster.in_process()
    body: dict[str, Any] = REPLY if action in ("replies", "information") else {}
    assert (await cluster.post(f"/reports/{number}/{action}", OFFICER, body)).status_code == 403


async def test_information_answers_the_question(cluster: Cluster) -> None:
    number = await cluster.unverified()
    path, mine = f"/reports/{number}/information", cluster.bearer(number)
    too_early = await cluster.post(path, mine, {"text": "Jalan Dago nomor 5."})
    assert (too_early.status_code, too_early.json()["code"]) == (409, "no_question_open")
    await cluster.does(number, Action.DEFER, PROVINCE_ADMIN, deferral=DeferralKind.INCOMPLETE_DATA)
    answer = await cluster.post(path, mine, {"text": "Jalan Dago nomor 5."})
    assert answer.json()["status"] == "INFORMATION_TO_EVALUATE"
    assert await cluster.words(number) == ["Jalan Dago nomor 5."]


async def test_satisfaction_closes_with_a_rating(cluster: Cluster) -> None:
    number = await cluster.in_process()
    path, mine = f"/reports/{number}/satisfaction", cluster.bearer(number)
    for rating in (0, 6, "5", 2.5):
        assert (await cluster.post(path, mine, {"rating": rating})).status_code == 422
    answer = await cluster.post(path, mine, {"rating": 5, "text": "Cepat sekali."})
    assert answer.json()["status"] == "CLOSED_BY_REPORTER"
    [row] = await cluster.reports.rows(
        "SELECT words, rating FROM followup.published_message"
        " WHERE number = :n AND action = 'declare_satisfied'",
        n=number,
    )
    assert tuple(row) == ("Cepat sekali.", 5)
    again = await cluster.post(path, mine, {})
    assert (again.status_code, again.json()["report_status"]) == (409, "CLOSED_BY_REPORTER")


async def test_staff_read_that_a_reply_came_by_sms_whose_sender_cannot_be_confirmed(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    path = f"/reports/{number}/replies"
    assert (await cluster.post(path, cluster.bearer(number, by_sms=True), REPLY)).is_success
    assert (await cluster.post(path, cluster.bearer(number), REPLY)).is_success
    replies = [e for e in await cluster.reports.history(number) if e.action == "reply"]
    assert [e.details.get("by_sms") for e in replies] == [True, None]
    lines = [{"entry": 1, "action": e.action, "details": e.details} for e in replies]
    labels = [line_label(line, "id") for line in lines]
    assert "cannot be confirmed" in line_label(lines[0], "en")
    unsure = "SMS, pengirimnya tidak dapat dipastikan"
    assert unsure in labels[0] and "SMS" not in labels[1]
    told = {"action": "reply", "secret": False, "rectified": False}
    steps = [
        {"entry": e.entry, "ref": e.ref, "action": "reply", "details": e.details} for e in replies
    ]
    shown = with_readers([told | {"id": e.ref} for e in replies], steps, public=True)
    assert [message["by_sms_label"] for message in shown] == [unsure, None]


async def test_staff_record_what_a_reporter_says_who_came_by(cluster: Cluster) -> None:
    number = await cluster.in_process()
    path, came = f"/reports/{number}/assisted-replies", {"brought_by": "visit", **REPLY}
    assert (await cluster.post(path, cluster.bearer(number), came)).status_code == 403
    answer = await cluster.post(path, OFFICER, came)
    assert (answer.status_code, answer.json()["status"]) == (200, "REPLIED_BY_REPORTER")
    assert (await cluster.state(number)).due_at is not None
    reply = f"/reports/{number}/replies"
    assert (await cluster.post(reply, OFFICER, REPLY)).status_code == 403


async def test_a_closing_by_others_is_rated_and_its_staff_do_not_read_which(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    path, mine = f"/reports/{number}/rating", cluster.bearer(number)
    said = {"rating": 2, "solved": False, "text": "Masih mati."}
    assert (await cluster.post(path, mine, said)).status_code == 409
    assert (await cluster.post(f"/reports/{number}/close", ABOVE, REASON)).status_code == 200
    key = uuid4()
    answer = await cluster.post(path, mine, said, key=key)
    assert (answer.status_code, answer.json()["status"]) == (200, "CLOSED_BY_ADMIN")
    again = await cluster.post(path, mine, said)
    assert (again.status_code, again.json()["code"]) == (409, "already_rated")
    kept = (await cluster.get(f"/commands/{key}/text", mine)).json()
    assert (kept["rating"], kept["solved"], kept["text"]) == (2, False, "Masih mati.")


async def test_satisfaction_needs_no_words(cluster: Cluster) -> None:
    number = await cluster.in_process()
    answer = await cluster.post(f"/reports/{number}/satisfaction", cluster.bearer(number), {})
    assert answer.json()["status"] == "CLOSED_BY_REPORTER"


async def test_a_report_is_withdrawn_before_it_is_verified(cluster: Cluster) -> None:
    number = await cluster.unverified()
    path, mine = f"/reports/{number}/withdrawal", cluster.bearer(number)
    answer = await cluster.post(path, mine, {"reason": "Sudah diperbaiki."})
    assert answer.json()["status"] == "ARCHIVED_BY_REPORTER"
    later = await cluster.verified()
    refused = await cluster.post(f"/reports/{later}/withdrawal", cluster.bearer(later), {})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_status")


async def test_the_same_reply_five_times_at_once_is_one(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    path, mine = f"/reports/{number}/replies", cluster.bearer(number)
    answers = await asyncio.gather(*(cluster.post(path, mine, REPLY, key=key) for _ in range(5)))
    assert [a.status_code for a in answers] == [200] * 5
    assert (await cluster.words(number)).count(REPLY["text"]) == 1


async def test_reply_and_satisfaction_at_once_end_in_a_state_that_makes_sense(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    mine = cluster.bearer(number)
    reply, satisfied = await asyncio.gather(
        cluster.post(f"/reports/{number}/replies", mine, REPLY),
        cluster.post(f"/reports/{number}/satisfaction", mine, {"rating": 4}),
    )
    assert satisfied.status_code == 200
    assert reply.status_code in (200, 409)
    assert (await cluster.state(number)).status is Status.CLOSED_BY_REPORTER
