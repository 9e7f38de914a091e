"""Clocks of machines differ by seconds: that changes seconds, and the order of nothing."""

import itertools
from datetime import datetime, timedelta

import pytest

from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.decide import effective_at
from shared.lifecycle.statuses import Status
from tests.lifecycle.report_under_test import ReportUnderTest
from tests.workflows.country import DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP
from tests.workflows.life import Life

SECONDS = [-5, 0, 5]


@pytest.mark.parametrize(("intake", "service"), [(5, -5), (-5, 5), (5, 5)])
async def test_a_life_is_the_same_whatever_clock_is_ahead(
    life: Life, intake: int, service: int
) -> None:
    begun = await life.now()

    def at(now: datetime) -> datetime:
        return now + timedelta(seconds=service)

    accepted = begun + timedelta(seconds=intake)
    state = await life.reports.accept(at=accepted, number=life.number)
    await life.launch(state)
    assert await life.do(Action.VERIFY, PROVINCE_ADMIN, at=at(await life.now())) is None
    assert (
        await life.do(Action.FOLLOW_UP, DINAS_OFFICER, at=at(await life.now()), **FOLLOW_UP) is None
    )
    hold = RequestKind.HOLD
    asked = Action(f"request_{hold}")
    now = at(await life.now())
    assert await life.do(asked, DINAS_OFFICER, at=now, decider_id=PROVINCE) is None
    [request] = (await life.state()).requests
    now = at(await life.now())
    accept = Action.ACCEPT_REQUEST
    assert await life.do(accept, PROVINCE_ADMIN, at=now, request_id=request.id) is None
    state = await life.state()
    assert (state.status, state.held, state.version) == (Status.FOLLOWED_UP, True, 5)
    lines = await life.reports.history(life.number)
    assert [line.action for line in lines] == ["submit", "verify", "follow_up", asked, "hold"]
    times = [line.at for line in lines]
    assert times == sorted(times)
    assert all(abs(time - begun) < timedelta(minutes=1) for time in times)
    decided = await life.reports.rows(
        "SELECT asked_at, decided_at FROM lifecycle.request WHERE number = :n", n=life.number
    )
    assert all(row.asked_at <= row.decided_at for row in decided)


@pytest.mark.parametrize(("at", "now"), list(itertools.product(SECONDS, SECONDS)))
def test_no_step_counts_before_the_one_before_it(at: int, now: int) -> None:
    under_test = ReportUnderTest()
    last = under_test.state.last_step_at
    counted = effective_at(
        under_test.state, last + timedelta(seconds=at), last + timedelta(seconds=now)
    )
    assert counted >= last
    assert counted <= max(last, last + timedelta(seconds=now))
