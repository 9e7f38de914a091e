"""Ten working days after the agency's last follow-up, and everything that stops them."""

from datetime import datetime

from temporalio.api.enums.v1 import EventType

from shared.lifecycle.actions import Action
from shared.lifecycle.people import REPORTER
from shared.lifecycle.statuses import Status
from tests.workflows.country import DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, INITIAL_RESPONSE
from tests.workflows.life import DAY, HOUR, MINUTE, Life

TUESDAY = 1
MOST_EVENTS = 34
"""30 where the first task comes with the first command (decision 57)."""
_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED


async def test_a_report_closes_ten_working_days_after_its_follow_up_to_the_minute(
    life: Life,
) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 14 * DAY - MINUTE)
    assert await life.status() is Status.FOLLOWED_UP
    await life.wait(2 * MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM
    closing = (await life.reports.history(life.number))[-1]
    assert closing.actor_kind == "system"
    assert abs(closing.at - (begun + 14 * DAY)) < MINUTE
    assert await life.happened() == [
        "submitted",
        "verified",
        "followed_up",
        "closing_soon",
        "closed",
    ]


async def test_a_life_without_an_answer_costs_few_events_with_the_notice(
    life: Life, unhurried: None
) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 14 * DAY + HOUR)
    assert await life.status() is Status.CLOSED_BY_SYSTEM
    handle = life.environment.client.get_workflow_handle(f"report-{life.number}")
    assert len((await handle.fetch_history()).events) <= MOST_EVENTS


async def test_an_initial_response_closes_nothing(life: Life) -> None:
    await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.do(Action.FOLLOW_UP, DINAS_OFFICER, **INITIAL_RESPONSE)
    await life.wait(60 * DAY)
    assert await life.status() is Status.FOLLOWED_UP


async def test_a_pending_hold_request_suspends_auto_close(life: Life) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 7 * DAY)  # five of ten
    await life.do(Action.REQUEST_HOLD, DINAS_OFFICER, decider_id=PROVINCE)
    [request] = (await life.state()).requests
    await life.wait(28 * DAY)
    assert await life.status() is Status.FOLLOWED_UP
    await life.do(Action.REJECT_REQUEST, PROVINCE_ADMIN, request_id=request.id)
    await life.wait(7 * DAY - 5 * MINUTE)
    assert await life.status() is Status.FOLLOWED_UP
    await life.wait(10 * MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM


async def test_many_holds_and_releases_keep_exactly_what_remains(life: Life) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + DAY)
    for _ in range(4):  # each week: held from Wednesday to the next Tuesday, then one day gone
        assert await life.do(Action.HOLD, PROVINCE_ADMIN) is None
        await life.wait(6 * DAY)
        assert await life.do(Action.RELEASE, PROVINCE_ADMIN) is None
        await life.wait(DAY)
    await life.wait_until(begun + 36 * DAY - MINUTE)  # one and four gone: five more, a week
    assert await life.status() is Status.FOLLOWED_UP
    await life.wait(3 * MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM


async def test_another_follow_up_starts_the_ten_days_again(life: Life) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 13 * DAY)
    assert await life.do(Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP) is None
    await life.wait_until(begun + 27 * DAY - MINUTE)
    assert await life.status() is Status.FOLLOWED_UP
    await life.wait(3 * MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM


async def test_a_reply_stops_the_days_and_the_agency_owes_an_answer(life: Life) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 13 * DAY)
    assert await life.do(Action.REPLY, REPORTER) is None
    await life.wait(60 * DAY)
    state = await life.state()
    assert state.status is Status.REPLIED_BY_REPORTER
    assert state.overdue


async def test_reopening_long_after_the_run_has_ended(life: Life) -> None:
    begun = await _followed_up(life)
    await life.wait_until(begun + 14 * DAY + HOUR)
    handle = life.environment.client.get_workflow_handle(f"report-{life.number}")
    await life.wait(29 * DAY)
    assert (await handle.fetch_history()).events[-1].event_type != _COMPLETED
    await life.wait(2 * DAY)  # thirty days on the run ends by itself
    assert (await handle.fetch_history()).events[-1].event_type == _COMPLETED
    await life.wait(300 * DAY)
    await life.launch(await life.state())
    assert await life.do(Action.REOPEN, PROVINCE_ADMIN) is None
    state = await life.state()
    assert state.status is Status.FOLLOWED_UP
    await life.wait(20 * DAY)
    assert (await life.state()).overdue
    assert await life.status() is Status.FOLLOWED_UP  # nothing closes while an answer is owed


async def _followed_up(life: Life) -> datetime:
    """A report followed up on a Tuesday at ten; when that was."""
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.follow_up()
    return begun
