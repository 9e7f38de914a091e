"""Every clock that ends in lateness, with time skipped."""

from datetime import timedelta

from shared.lifecycle.actions import Action, Classification, DeferralKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.people import REPORTER
from shared.lifecycle.statuses import Status
from tests.workflows.country import BIDANG, DINAS_OFFICER, MISSION, PROVINCE, PROVINCE_ADMIN, ROOT
from tests.workflows.factory import INITIAL_RESPONSE
from tests.workflows.life import DAY, HOUR, MINUTE, Life

TUESDAY = 1


async def test_verification_is_overdue_after_three_working_days(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.wait_until(begun + 3 * DAY - MINUTE)
    assert not (await life.state()).overdue
    await life.wait(2 * MINUTE)
    state = await life.state()
    assert state.overdue
    assert state.status is Status.UNVERIFIED
    assert await life.escalations() == [(ROOT, "verification")]
    assert await life.happened() == ["submitted", "overdue"]


async def test_follow_up_is_overdue_after_five_working_days(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.wait_until(begun + 7 * DAY - MINUTE)
    assert not (await life.state()).overdue
    await life.wait(2 * MINUTE)
    assert (await life.state()).overdue
    assert await life.escalations() == [(PROVINCE, "follow_up")]


async def test_lateness_is_put_before_the_next_agency_above_every_five_working_days(
    life: Life,
) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.wait_until(begun + 14 * DAY + 2 * MINUTE)
    assert await life.escalations() == [(PROVINCE, "follow_up"), (ROOT, "escalation")]
    assert await life.escalated_now() == await life.escalations()
    told = (await life.reports.events(life.number))[-1]
    assert (told["event"], told["escalated_to"], told["details"]["level"]) == ("escalated", ROOT, 2)
    assert (await life.state()).clock(ClockKind.ESCALATION) is None
    await life.follow_up()
    assert await life.escalated_now() == []


async def test_settlement_is_overdue_by_classification(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    # An initial response stops the follow-up clock and leaves settlement running.
    assert await life.do(Action.FOLLOW_UP, DINAS_OFFICER, **INITIAL_RESPONSE) is None
    await life.wait_until(begun + 18 * DAY - MINUTE)  # 14 working days, two week-ends
    assert not (await life.state()).overdue
    await life.wait(2 * MINUTE + 2 * DAY)
    assert (await life.state()).overdue
    assert await life.escalations() == [(PROVINCE, "settlement")]


async def test_a_request_undecided_for_three_working_days_is_overdue(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept(classification=Classification.COMPLAINT)
    await life.verify()
    refusal = await life.do(Action.REQUEST_NOT_AUTHORITY, DINAS_OFFICER, decider_id=PROVINCE)
    assert refusal is None
    await life.wait_until(begun + 3 * DAY - MINUTE)
    assert await life.escalations() == []
    await life.wait(2 * MINUTE)
    assert await life.escalations() == [(ROOT, "request")]
    assert not (await life.state()).overdue  # it is the decider who is late
    [row] = await life.reports.rows("SELECT overdue, decision FROM lifecycle.request")
    assert tuple(row) == (True, None)


async def test_not_authority_pauses_the_handlers_clock_until_it_is_refused(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.do(Action.REQUEST_NOT_AUTHORITY, DINAS_OFFICER, decider_id=PROVINCE)
    [request] = (await life.state()).requests
    await life.wait_until(begun + 2 * DAY)
    refusal = await life.do(Action.REJECT_REQUEST, PROVINCE_ADMIN, request_id=request.id)
    assert refusal is None
    due_at = (await life.state()).due_at
    assert due_at is not None
    left = due_at - (begun + 9 * DAY)
    assert abs(left) < MINUTE  # seven days with a week-end, and the two of the pause


async def test_a_question_unanswered_for_ten_working_days_gets_a_mark(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    refusal = await life.do(Action.DEFER, PROVINCE_ADMIN, deferral=DeferralKind.INCOMPLETE_DATA)
    assert refusal is None
    await life.wait_until(begun + 14 * DAY - MINUTE)
    assert not (await life.state()).question_unanswered
    await life.wait(2 * MINUTE)
    state = await life.state()
    assert state.question_unanswered
    assert state.status is Status.AWAITING_INFORMATION
    assert not state.overdue
    assert await life.do(Action.COMPLETE_INFORMATION, REPORTER) is None
    assert await life.status() is Status.INFORMATION_TO_EVALUATE


async def test_the_reporter_is_reminded_of_a_question_and_nobody_above_is_told(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.do(Action.DEFER, PROVINCE_ADMIN, deferral=DeferralKind.INCOMPLETE_DATA)
    await life.wait_until(begun + 14 * DAY + 2 * MINUTE)
    lines = await life.reports.history(life.number)
    assert lines[-1].action == "question_reminder"
    assert await life.escalations() == []


async def test_deferring_pauses_verification_and_an_answer_resumes_it(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.wait(DAY)
    await life.do(Action.DEFER, PROVINCE_ADMIN, deferral=DeferralKind.INCOMPLETE_DATA)
    await life.wait(7 * DAY)  # Wednesday to Wednesday
    assert not (await life.state()).overdue
    await life.do(Action.COMPLETE_INFORMATION, REPORTER)
    await life.wait_until(begun + 10 * DAY - HOUR)
    assert not (await life.state()).overdue
    await life.wait(2 * HOUR)
    assert (await life.state()).overdue


async def test_a_report_waits_for_its_agency_without_a_clock(life: Life) -> None:
    await life.until(TUESDAY, 10)
    await life.accept()
    deferral = DeferralKind.AGENCY_NOT_CONNECTED
    await life.do(Action.DEFER, PROVINCE_ADMIN, deferral=deferral, awaited_agency_id=MISSION)
    await life.wait(timedelta(days=200))
    state = await life.state()
    assert state.status is Status.AGENCY_NOT_CONNECTED
    assert not state.overdue
    assert BIDANG not in state.chain
