"""Admins above hold, release, close and open reports: signals whose effect the answer states."""

import asyncio
from uuid import uuid4

import pytest

from shared.lifecycle.statuses import Status
from tests.followup.conftest import (
    ABOVE,
    ABOVE_TOO,
    ADMIN,
    BELOW,
    BESIDE,
    OFFICER,
    PUSAT,
    REASON,
    Cluster,
    Who,
)


async def test_hold_and_release_keep_the_remainder(cluster: Cluster) -> None:
    number = await cluster.in_process()
    before = (await cluster.state(number)).auto_close_at
    held = await cluster.post(f"/reports/{number}/hold", ABOVE, REASON)
    assert (held.status_code, held.json()["state"]) == (200, "done")
    state = await cluster.state(number)
    assert (state.held, state.auto_close_at) == (True, None)
    released = await cluster.post(f"/reports/{number}/release", ABOVE, REASON)
    assert released.status_code == 200
    after = await cluster.state(number)
    assert before is not None
    assert after.auto_close_at is not None
    assert after.auto_close_at >= before


async def test_close_and_reopen(cluster: Cluster) -> None:
    number = await cluster.in_process()
    closed = await cluster.post(f"/reports/{number}/close", ABOVE, {"reason": "Sudah tuntas."})
    assert closed.json()["status"] == "CLOSED_BY_ADMIN"
    opened = await cluster.post(f"/reports/{number}/reopen", PUSAT, {"reason": "Masih berlubang."})
    assert opened.json()["status"] == "FOLLOWED_UP"
    assert (await cluster.words(number))[-2:] == ["Sudah tuntas.", "Masih berlubang."]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (ABOVE, 200, None),
        (ABOVE_TOO, 200, None),
        (PUSAT, 200, None),
        (ADMIN, 403, "not_authorised"),
        (OFFICER, 403, "not_authorised"),
        (BELOW, 404, "report_not_found"),
        (BESIDE, 404, "report_not_found"),
    ],
)
async def test_only_admins_above_intervene(
    cluster: Cluster, who: Who, status: int, code: str | None
) -> None:
    number = await cluster.in_process()
    answer = await cluster.post(f"/reports/{number}/close", who, REASON)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


@pytest.mark.parametrize(
    ("action", "code"),
    [("release", "not_held"), ("reopen", "not_allowed_in_status")],
)
async def test_what_cannot_take_effect_says_why(cluster: Cluster, action: str, code: str) -> None:
    number = await cluster.in_process()
    answer = await cluster.post(f"/reports/{number}/{action}", ABOVE, REASON)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["report_status"] == "FOLLOWED_UP"
    assert await cluster.words(number) == ["Lubang sudah ditambal."]


async def test_a_reason_is_required(cluster: Cluster) -> None:
    number = await cluster.in_process()
    for body in ({}, {"reason": "  "}):
        answer = await cluster.post(f"/reports/{number}/hold", ABOVE, body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "reason"


async def test_two_admins_hold_at_once_and_one_is_told(cluster: Cluster) -> None:
    number = await cluster.in_process()
    answers = await asyncio.gather(
        *(cluster.post(f"/reports/{number}/hold", who, REASON) for who in (ABOVE, ABOVE_TOO, PUSAT))
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_held"}
    assert (await cluster.words(number)).count(REASON["reason"]) == 1


async def test_the_same_close_five_times_at_once_closes_once(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    answers = await asyncio.gather(
        *(cluster.post(f"/reports/{number}/close", ABOVE, REASON, key=key) for _ in range(5))
    )
    assert [a.status_code for a in answers] == [200] * 5
    state = await cluster.state(number)
    assert state.status is Status.CLOSED_BY_ADMIN
    lines = await cluster.reports.history(number)
    assert [line.action for line in lines].count("close") == 1
