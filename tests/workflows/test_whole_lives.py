"""Whole lives, step after step, each kind of action in one of them; recorded to be replayed."""

from datetime import timedelta
from uuid import UUID

from shared.lifecycle.actions import (
    PERFORMED_BY,
    Action,
    ArchiveCategory,
    DeferralKind,
    ObjectionReason,
    RequestKind,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Handing, Succession
from shared.lifecycle.people import REPORTER, SYSTEM, Actor
from shared.lifecycle.statuses import Status
from shared.temporal.names import workflow_id
from tests.workflows.country import (
    BIDANG,
    DINAS,
    DINAS_ADMIN,
    DINAS_OFFICER,
    MISSION,
    PROVINCE,
    PROVINCE_ADMIN,
)
from tests.workflows.factory import FOLLOW_UP, INITIAL_RESPONSE
from tests.workflows.life import DAY, MINUTE, Life

TUESDAY = 1
DOWN = Handing(chain=(PROVINCE, DINAS), zone=Zone.WIB)
FURTHER_DOWN = Handing(chain=(PROVINCE, DINAS, BIDANG), zone=Zone.WIB)
QUESTION = {"deferral": DeferralKind.INCOMPLETE_DATA}
NOT_CONNECTED = {"deferral": DeferralKind.AGENCY_NOT_CONNECTED, "awaited_agency_id": MISSION}


async def test_thrown_deferred_archived_restored_and_withdrawn(life: Life) -> None:
    await life.accept()
    await _done(life, Action.THROW, PROVINCE_ADMIN, handing=DOWN)
    await _done(life, Action.DEFER, DINAS_ADMIN, **NOT_CONNECTED)
    await _done(life, Action.CONNECT, SYSTEM)
    await _done(life, Action.DEFER, DINAS_ADMIN, **QUESTION)
    await _done(life, Action.ARCHIVE, DINAS_ADMIN, archive_category=ArchiveCategory.UNCLEAR)
    await life.wait(3 * DAY)
    await _done(life, Action.RESTORE, DINAS_ADMIN)
    await _done(life, Action.COMPLETE_INFORMATION, REPORTER)
    assert await life.status() is Status.UNVERIFIED  # an addition, the admin had moved on
    await _done(life, Action.WITHDRAW, REPORTER)
    state = await life.state()
    assert (state.status, state.clocks) == (Status.ARCHIVED_BY_REPORTER, ())


async def test_linked_to_a_main_report_and_taken_off_it(life: Life) -> None:
    await life.accept()
    await life.verify()
    await _done(life, Action.LINK, DINAS_ADMIN, main_number=7)
    assert (await life.state()).main_number == 7
    await _done(life, Action.UNLINK, DINAS_ADMIN)
    assert (await life.state()).main_number is None


async def test_forwarded_with_copies_and_ended_by_a_satisfied_reporter(life: Life) -> None:
    await life.accept()
    await life.verify(priority=True)
    await _done(life, Action.AMEND, DINAS_ADMIN, secret=True)
    await _done(life, Action.COORDINATE, DINAS_OFFICER, assignee_id=4)
    await life.follow_up()
    await _done(life, Action.HOLD, PROVINCE_ADMIN)
    await _done(life, Action.FORWARD, DINAS_ADMIN, handing=FURTHER_DOWN, copies=(MISSION,))
    state = await life.state()
    assert (state.held, state.copies, state.auto_close_at) == (False, (MISSION,), None)
    await _done(life, Action.CHANGE_COPIES, DINAS_ADMIN, copies=())
    await life.follow_up()
    await _done(life, Action.DECLARE_SATISFIED, REPORTER)
    assert await life.status() is Status.CLOSED_BY_REPORTER


async def test_told_of_the_closing_rated_objected_to_and_opened_again(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.follow_up()
    await _done(life, Action.RECTIFY, DINAS_OFFICER, rectifies=UUID(int=1))
    await life.wait_until(begun + 15 * DAY)
    assert await life.status() is Status.CLOSED_BY_SYSTEM
    await _done(life, Action.RATE, REPORTER, rated=True)
    objection = {"objection_reason": ObjectionReason.NOT_SOLVED, "ended_by_agency_id": DINAS}
    await _done(life, Action.OBJECT, REPORTER, decider_id=PROVINCE, **objection)
    [request] = (await life.state()).requests
    granting = {Capacity.OBJECTION_GRANTER}
    await _done(life, Action.ACCEPT_REQUEST, DINAS_ADMIN, also=granting, request_id=request.id)
    state = await life.state()
    assert (state.status, state.requests, state.rated) == (Status.FOLLOWED_UP, (), False)
    assert (await life.happened())[-4:] == ["closed", "rated", "objected", "reopened"]


async def test_every_request_asked_withdrawn_rejected_and_accepted(life: Life) -> None:
    await life.accept()
    await life.verify()
    await life.follow_up()
    for kind in (RequestKind.HOLD, RequestKind.RELEASE, RequestKind.CLOSE, RequestKind.REOPEN):
        for answer, who in (
            (Action.WITHDRAW_REQUEST, DINAS_OFFICER),
            (Action.REJECT_REQUEST, PROVINCE_ADMIN),
            (Action.ACCEPT_REQUEST, PROVINCE_ADMIN),
        ):
            await _done(life, Action(f"request_{kind}"), DINAS_OFFICER, decider_id=PROVINCE)
            before = await life.state()
            [request] = before.requests
            await _done(life, answer, who, request_id=request.id)
            after = await life.state()
            performed = (after.status, after.held) != (before.status, before.held)
            assert performed == (answer is Action.ACCEPT_REQUEST), (PERFORMED_BY[kind], answer)
            assert after.requests == ()


async def test_not_authority_is_accepted_by_verifying_anew(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await _done(life, Action.REQUEST_NOT_AUTHORITY, DINAS_OFFICER, decider_id=PROVINCE)
    assert await life.do(Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP) == "not_authority_pending"
    await life.wait_until(begun + DAY)
    deciding = {Capacity.DECIDER}
    handing = Handing(chain=(PROVINCE, BIDANG), zone=Zone.WIB)
    await _done(life, Action.VERIFY, PROVINCE_ADMIN, also=deciding, handing=handing)
    state = await life.state()
    assert (state.status, state.chain, state.requests) == (
        Status.VERIFIED, (PROVINCE, BIDANG), ()
    )  # fmt: skip
    due = begun + 8 * DAY  # five working days from the Wednesday, full
    assert state.due_at is not None
    assert abs(state.due_at - due) < MINUTE


async def test_a_promise_to_answer_a_reply_becomes_overdue(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.follow_up()
    await _done(life, Action.REPLY, REPORTER)
    await _done(life, Action.FOLLOW_UP, DINAS_OFFICER, **INITIAL_RESPONSE)
    await life.wait_until(begun + timedelta(days=7, minutes=-1))  # five working days
    assert not (await life.state()).overdue
    await life.wait(3 * MINUTE)
    state = await life.state()
    assert state.overdue
    assert state.status is Status.FOLLOWED_UP
    assert await life.escalations() == [(PROVINCE, "follow_up")]


async def test_a_successor_in_another_zone_gets_the_clock_as_far_as_it_has_run(life: Life) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.wait_until(begun + DAY)
    succession = Succession(agency_id=DINAS, successor_id=BIDANG, zone=Zone.WIT)
    await _done(life, Action.SUCCEED, SYSTEM, succession=succession)
    state = await life.state()
    clock = state.clock(ClockKind.FOLLOW_UP)
    assert clock is not None
    assert (state.handler_id, clock.zone) == (BIDANG, Zone.WIT)
    assert abs(clock.remaining - 4 * DAY) < MINUTE
    assert clock.deadline is not None
    assert abs(clock.deadline - (begun + 7 * DAY)) < MINUTE


async def test_an_operator_acts_on_a_report_by_hand(life: Life) -> None:
    await life.accept()
    await life.verify()
    await life.follow_up()
    handle = life.environment.client.get_workflow_handle(workflow_id(life.number))
    for signal, held, status in (
        ("hold", True, Status.FOLLOWED_UP),
        ("release", False, Status.FOLLOWED_UP),
        ("close", False, Status.CLOSED_BY_ADMIN),
        ("reopen", False, Status.FOLLOWED_UP),
    ):
        await handle.signal(signal, {"code": "night_duty", "note": "dropped", "x": "y" * 5_000})
        await life.wait(MINUTE)
        state = await life.state()
        assert (state.held, state.status) == (held, status)
    [*_, last] = await life.reports.history(life.number)
    assert (last.actor_kind, last.action) == ("operator", "reopen")


async def _done(life: Life, action: Action, who: Actor, **details: object) -> None:
    assert await life.do(action, who, **details) is None, action
