"""What every action does: status, chain, clocks, requests, hold, question, history."""

from datetime import timedelta
from typing import Any

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import (
    ArchiveCategory,
    Classification,
    DeferralKind,
    FollowUpKind,
    RequestKind,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import Refused
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.decide import decide_refused_signal, effective_at
from shared.lifecycle.decision import Visibility
from shared.lifecycle.people import OPERATOR
from shared.lifecycle.statuses import ENDED, IN_PROCESS
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    BIDANG,
    CITIZEN,
    CLOCKWORK,
    DAY,
    DINAS,
    HANDLER_ADMIN_OR_ABOVE,
    HOUR,
    MINISTRY,
    MONDAY,
    OFFICER,
    PLATFORM,
    ReportUnderTest,
)

INITIAL = {"follow_up_kind": FollowUpKind.INITIAL_RESPONSE}
NOT_CONNECTED = {
    "deferral": DeferralKind.AGENCY_NOT_CONNECTED,
    "awaited_agency_id": MINISTRY,
}
CODE = {"reason_code": "court_order"}
RUN, WAIT = "running", "paused"

# From, action, who, details → status, handler, clocks. The clocks before are the status' own.
EFFECTS: tuple[tuple[St, A, frozenset[Capacity], dict[str, Any], St, int, dict[str, str]], ...] = (
    (St.UNVERIFIED, A.VERIFY, HANDLER_ADMIN_OR_ABOVE, {},
     St.VERIFIED, DINAS, {"follow_up": RUN, "settlement": RUN}),
    (St.AWAITING_INFORMATION, A.VERIFY, HANDLER_ADMIN_OR_ABOVE, {},
     St.VERIFIED, DINAS, {"follow_up": RUN, "settlement": RUN, "question": RUN}),
    (St.UNVERIFIED, A.THROW, HANDLER_ADMIN_OR_ABOVE, {},
     St.UNVERIFIED, BIDANG, {"verification": RUN}),
    (St.AGENCY_NOT_CONNECTED, A.THROW, HANDLER_ADMIN_OR_ABOVE, {},
     St.UNVERIFIED, BIDANG, {"verification": RUN}),
    (St.UNVERIFIED, A.DEFER, HANDLER_ADMIN_OR_ABOVE, {},
     St.AWAITING_INFORMATION, DINAS, {"verification": WAIT, "question": RUN}),
    (St.INFORMATION_TO_EVALUATE, A.DEFER, HANDLER_ADMIN_OR_ABOVE, NOT_CONNECTED,
     St.AGENCY_NOT_CONNECTED, DINAS, {"verification": WAIT}),
    (St.AWAITING_INFORMATION, A.COMPLETE_INFORMATION, CITIZEN, {},
     St.INFORMATION_TO_EVALUATE, DINAS, {"verification": RUN}),
    (St.INFORMATION_TO_EVALUATE, A.COMPLETE_INFORMATION, CITIZEN, {},
     St.INFORMATION_TO_EVALUATE, DINAS, {"verification": RUN}),
    (St.AGENCY_NOT_CONNECTED, A.CONNECT, CLOCKWORK, {},
     St.UNVERIFIED, DINAS, {"verification": RUN}),
    (St.AWAITING_INFORMATION, A.ARCHIVE, HANDLER_ADMIN_OR_ABOVE, {},
     St.ARCHIVED_BY_ADMIN, DINAS, {}),
    (St.ARCHIVED_BY_ADMIN, A.RESTORE, HANDLER_ADMIN_OR_ABOVE, {},
     St.UNVERIFIED, DINAS, {"verification": RUN}),
    (St.AWAITING_INFORMATION, A.WITHDRAW, CITIZEN, {},
     St.ARCHIVED_BY_REPORTER, DINAS, {}),
    (St.VERIFIED, A.FOLLOW_UP, OFFICER, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": RUN}),
    (St.VERIFIED, A.FOLLOW_UP, OFFICER, INITIAL,
     St.FOLLOWED_UP, DINAS, {"settlement": RUN}),
    (St.FOLLOWED_UP, A.FOLLOW_UP, OFFICER, INITIAL,
     St.FOLLOWED_UP, DINAS, {"follow_up": RUN}),
    (St.REPLIED_BY_REPORTER, A.FOLLOW_UP, OFFICER, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": RUN}),
    (St.REPLIED_BY_REPORTER, A.FOLLOW_UP, OFFICER, INITIAL,
     St.FOLLOWED_UP, DINAS, {"follow_up": RUN}),
    (St.FOLLOWED_UP, A.REPLY, CITIZEN, {},
     St.REPLIED_BY_REPORTER, DINAS, {"follow_up": RUN}),
    (St.FOLLOWED_UP, A.DECLARE_SATISFIED, CITIZEN, {},
     St.CLOSED_BY_REPORTER, DINAS, {}),
    (St.VERIFIED, A.FORWARD, HANDLER_ADMIN_OR_ABOVE, {},
     St.VERIFIED, BIDANG, {"follow_up": RUN, "settlement": RUN}),
    (St.FOLLOWED_UP, A.FORWARD, HANDLER_ADMIN_OR_ABOVE, {},
     St.VERIFIED, BIDANG, {"follow_up": RUN}),
    (St.FOLLOWED_UP, A.HOLD, ABOVE, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": WAIT}),
    (St.REPLIED_BY_REPORTER, A.HOLD, PLATFORM, CODE,
     St.REPLIED_BY_REPORTER, DINAS, {"follow_up": RUN}),
    (St.REPLIED_BY_REPORTER, A.CLOSE, PLATFORM, CODE,
     St.CLOSED_BY_ADMIN, DINAS, {}),
    (St.CLOSED_BY_SYSTEM, A.REOPEN, ABOVE, {},
     St.FOLLOWED_UP, DINAS, {"follow_up": RUN}),
    (St.CLOSED_BY_REPORTER, A.REOPEN, PLATFORM, CODE,
     St.FOLLOWED_UP, DINAS, {"follow_up": RUN}),
    (St.VERIFIED, A.REQUEST_NOT_AUTHORITY, OFFICER, {},
     St.VERIFIED, DINAS, {"follow_up": WAIT, "settlement": WAIT, "request": RUN}),
    (St.UNVERIFIED, A.REQUEST_NOT_AUTHORITY, OFFICER, {},
     St.UNVERIFIED, DINAS, {"verification": WAIT, "request": RUN}),
    (St.FOLLOWED_UP, A.REQUEST_HOLD, OFFICER, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": WAIT, "request": RUN}),
    (St.FOLLOWED_UP, A.REQUEST_CLOSE, OFFICER, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": RUN, "request": RUN}),
    (St.CLOSED_BY_ADMIN, A.REQUEST_REOPEN, OFFICER, {},
     St.CLOSED_BY_ADMIN, DINAS, {"request": RUN}),
    (St.VERIFIED, A.AMEND, HANDLER_ADMIN_OR_ABOVE, {"priority": True},
     St.VERIFIED, DINAS, {"follow_up": RUN, "settlement": RUN}),
    (St.FOLLOWED_UP, A.COORDINATE, OFFICER, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": RUN}),
    (St.FOLLOWED_UP, A.CHANGE_COPIES, HANDLER_ADMIN_OR_ABOVE, {},
     St.FOLLOWED_UP, DINAS, {"auto_close": RUN}),
)  # fmt: skip


@pytest.mark.parametrize(("source", "action", "who", "details", "target", "handler", "clocks"),
                         EFFECTS)  # fmt: skip
def test_an_action_leads_to(
    source: St, action: A, who: frozenset[Capacity], details: dict[str, Any],
    target: St, handler: int, clocks: dict[str, str],
) -> None:  # fmt: skip
    under_test = ReportUnderTest(source)
    under_test.now += HOUR
    state = under_test.do(action, who, **details)
    assert (state.status, state.handler_id, under_test.clocks) == (target, handler, clocks)
    assert (state.version, state.entries, state.last_step_at) == (2, 2, under_test.now)
    assert (state.ended_at is not None) == (target in ENDED)
    [line] = under_test.lines
    assert (line.action, line.from_status, line.to_status) == (action, source, target)
    if handler != DINAS:
        assert (line.details["from_handler"], line.details["to_handler"]) == (DINAS, handler)


def test_verification_sets_what_it_is_told_and_keeps_the_rest() -> None:
    under_test = ReportUnderTest(anonymous=True)
    state = under_test.do(A.VERIFY, ABOVE, classification=Classification.ASPIRATION, secret=True)
    assert (state.classification, state.anonymous, state.secret, state.priority) == (
        Classification.ASPIRATION, True, True, False,
    )  # fmt: skip


@pytest.mark.parametrize("action", [A.VERIFY, A.AMEND])
@pytest.mark.parametrize("flag", ["anonymous", "secret"])
def test_no_step_takes_back_that_a_report_is_anonymous_or_secret(action: A, flag: str) -> None:
    under_test = ReportUnderTest(
        St.UNVERIFIED if action is A.VERIFY else St.VERIFIED, **{flag: True}
    )
    assert getattr(under_test.do(action, HANDLER_ADMIN_OR_ABOVE, **{flag: False}), flag) is True


def test_archiving_tells_the_category_and_restoring_gives_the_full_time() -> None:
    under_test = ReportUnderTest()
    under_test.wait(2 * DAY)
    under_test.do(A.ARCHIVE, HANDLER_ADMIN_OR_ABOVE, archive_category=ArchiveCategory.COURT_CASE)
    assert under_test.lines[0].details == {"archive_category": "court_case"}
    under_test.now += 100 * DAY
    under_test.do(A.RESTORE, HANDLER_ADMIN_OR_ABOVE)
    assert under_test.left(ClockKind.VERIFICATION) == 3 * DAY


def test_an_answer_after_the_admin_moved_on_is_an_addition() -> None:
    under_test = ReportUnderTest(St.AWAITING_INFORMATION)
    under_test.do(A.VERIFY, HANDLER_ADMIN_OR_ABOVE)
    state = under_test.do(A.COMPLETE_INFORMATION, CITIZEN)
    assert (state.status, state.question_open) == (St.VERIFIED, False)
    assert under_test.clocks == {"follow_up": RUN, "settlement": RUN}


def test_a_question_not_answered_survives_the_archive() -> None:
    under_test = ReportUnderTest(St.AWAITING_INFORMATION)
    assert under_test.do(A.ARCHIVE, HANDLER_ADMIN_OR_ABOVE).question_open
    state = under_test.do(A.RESTORE, HANDLER_ADMIN_OR_ABOVE)
    assert state.question_open
    assert under_test.clocks == {"verification": RUN, "question": RUN}


def test_an_agency_awaited_is_forgotten_once_the_admin_moves_on() -> None:
    under_test = ReportUnderTest()
    assert (
        under_test.do(A.DEFER, HANDLER_ADMIN_OR_ABOVE, **NOT_CONNECTED).awaited_agency_id
        == MINISTRY
    )
    assert under_test.do(A.VERIFY, HANDLER_ADMIN_OR_ABOVE).awaited_agency_id is None


def test_only_a_proper_follow_up_counts_as_one() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    assert not under_test.do(A.FOLLOW_UP, OFFICER, **INITIAL).followed_up
    assert under_test.do(A.FOLLOW_UP, OFFICER).followed_up


def test_forwarding_adds_copies_and_ends_the_hold() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP, held=True, copies=(7,))
    state = under_test.do(A.FORWARD, HANDLER_ADMIN_OR_ABOVE, copies=(MINISTRY, 7))
    assert (state.copies, state.held) == ((7, MINISTRY), False)


def test_copies_outlast_handing_over_and_closing() -> None:
    under_test = ReportUnderTest(copies=(MINISTRY,))
    under_test.do(A.VERIFY, ABOVE)
    under_test.do(A.FORWARD, ABOVE)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.do(A.CLOSE, ABOVE)
    assert under_test.state.copies == (MINISTRY,)


def test_internal_steps_are_read_by_staff_alone() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.do(A.COORDINATE, OFFICER, assignee_id=4)
    assert _seen(under_test) == [Visibility.STAFF]
    under_test.ask(RequestKind.CLOSE)
    assert _seen(under_test) == [Visibility.STAFF]
    under_test.do(A.REPLY, CITIZEN)
    assert _seen(under_test) == [Visibility.PUBLIC, Visibility.STAFF]


def test_the_reporter_reads_of_late_steps_but_not_of_late_decisions() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(7 * DAY)
    assert _seen(under_test) == [Visibility.REPORTER]
    under_test = ReportUnderTest(St.CLOSED_BY_ADMIN)
    under_test.ask(RequestKind.REOPEN)
    under_test.wait(3 * DAY)
    assert (under_test.clocks, _seen(under_test)) == ({"request": "overdue"}, [Visibility.STAFF])


def test_a_question_without_an_answer_is_a_reminder_and_nobody_is_late() -> None:
    under_test = ReportUnderTest(St.AWAITING_INFORMATION)
    under_test.wait(20 * DAY)
    assert under_test.last is not None
    assert (under_test.last.event, under_test.lines[0].action) == (
        "question_reminder",
        A.QUESTION_REMINDER,
    )
    assert under_test.state.question_unanswered
    assert not under_test.state.overdue


def test_a_signal_refused_is_a_line_for_staff_and_nothing_else() -> None:
    state = ReportUnderTest(St.VERIFIED).state
    decision = decide_refused_signal(state, A.HOLD, OPERATOR, "s", MONDAY, "not_held")
    assert decision.state.status is St.VERIFIED
    assert [(line.visibility, line.details) for line in decision.entries] == [
        (Visibility.STAFF, {"refused": "not_held"})
    ]


@pytest.mark.parametrize("status", sorted(IN_PROCESS))
def test_an_operators_reason_is_a_code_in_the_history(status: St) -> None:
    under_test = ReportUnderTest(status)
    under_test.do(A.HOLD, PLATFORM, **CODE)
    assert under_test.lines[0].details == CODE
    assert under_test.lines[0].actor == OPERATOR


def test_an_operator_without_a_reason_is_refused_and_staff_need_none_here() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    with pytest.raises(Refused, match="reason_required"):
        under_test.do(A.HOLD, PLATFORM)
    under_test.do(A.HOLD, ABOVE)
    assert under_test.state.held


@pytest.mark.parametrize(
    ("asked", "expected"), [(-5, 0), (1, 1), (3, 2)], ids=["before", "between", "in the future"]
)
def test_a_command_counts_between_the_last_step_and_now(asked: int, expected: int) -> None:
    state, hour = ReportUnderTest().state, timedelta(hours=1)
    at = effective_at(state, MONDAY + asked * hour, MONDAY + 2 * hour)
    assert at == MONDAY + expected * hour


def _seen(under_test: ReportUnderTest) -> list[Visibility]:
    return [line.visibility for line in under_test.lines]
