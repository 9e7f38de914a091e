"""Dates of clocks through pauses, hands and time zones: nothing is lost, nothing given."""

from datetime import timedelta

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import Classification, FollowUpKind, RequestKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    BIDANG,
    CALENDAR,
    CITIZEN,
    CLOCKWORK,
    DAY,
    DECIDER,
    DINAS,
    HANDLER_ADMIN_OR_ABOVE,
    HOUR,
    OFFICER,
    PROVINCE,
    PUSAT,
    ReportUnderTest,
    handing,
)

HELD_FOR = [timedelta(0), 5 * HOUR, 30 * DAY]


def test_a_deferral_pauses_verification_to_the_hour() -> None:
    under_test = ReportUnderTest()
    under_test.wait(7 * HOUR)
    under_test.do(A.DEFER, HANDLER_ADMIN_OR_ABOVE)
    under_test.wait(9 * DAY)
    under_test.do(A.COMPLETE_INFORMATION, CITIZEN)
    assert under_test.left(ClockKind.VERIFICATION) == 3 * DAY - 7 * HOUR
    assert under_test.clocks == {"verification": "running"}


def test_a_verification_late_before_the_deferral_is_late_after_it() -> None:
    under_test = ReportUnderTest()
    under_test.wait(4 * DAY)
    under_test.do(A.DEFER, HANDLER_ADMIN_OR_ABOVE)
    assert under_test.clocks["verification"] == "overdue"
    assert under_test.state.overdue
    under_test.do(A.COMPLETE_INFORMATION, CITIZEN)
    assert under_test.left(ClockKind.VERIFICATION) == -DAY
    assert under_test.clocks == {"verification": "overdue"}


@pytest.mark.parametrize("pause", HELD_FOR)
def test_hold_and_release_keep_what_remains(pause: timedelta) -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.wait(DAY)
    untouched = under_test.state.auto_close_at
    for _ in range(3):
        under_test.do(A.HOLD, ABOVE)
        under_test.wait(pause)
        under_test.do(A.RELEASE, ABOVE)
        assert under_test.left(ClockKind.AUTO_CLOSE) == 9 * DAY
    if not pause:
        assert under_test.state.auto_close_at == untouched


def test_a_follow_up_while_held_waits_full_for_the_release() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.wait(4 * DAY)
    under_test.do(A.HOLD, ABOVE)
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.clocks == {"auto_close": "paused"}
    under_test.wait(40 * DAY)
    under_test.do(A.RELEASE, ABOVE)
    assert under_test.left(ClockKind.AUTO_CLOSE) == 10 * DAY


def test_a_hold_request_suspends_auto_close_until_it_is_rejected() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.wait(2 * DAY)
    request = under_test.ask(RequestKind.HOLD)
    under_test.wait(20 * DAY)
    assert under_test.clocks == {"auto_close": "paused", "request": "overdue"}
    under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert under_test.left(ClockKind.AUTO_CLOSE) == 8 * DAY


def test_accepting_a_hold_request_goes_on_pausing() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    request = under_test.ask(RequestKind.HOLD)
    under_test.do(A.ACCEPT_REQUEST, DECIDER, request_id=request)
    assert under_test.clocks == {"auto_close": "paused"}
    under_test.wait(DAY)
    under_test.do(A.RELEASE, ABOVE)
    assert under_test.left(ClockKind.AUTO_CLOSE) == 10 * DAY


def test_a_reply_ends_auto_close_though_it_was_held_and_a_release_brings_none_back() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.do(A.HOLD, ABOVE)
    under_test.do(A.REPLY, CITIZEN)
    assert under_test.do(A.RELEASE, ABOVE).status is St.REPLIED_BY_REPORTER
    assert under_test.clocks == {"follow_up": "running"}


def test_a_second_reply_never_wipes_out_lateness() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.do(A.REPLY, CITIZEN)
    under_test.wait(8 * DAY)
    assert under_test.clocks == {"follow_up": "overdue"}
    due = under_test.state.due_at
    under_test.do(A.REPLY, CITIZEN)
    assert (under_test.clocks, under_test.state.due_at) == ({"follow_up": "overdue"}, due)


def test_not_authority_pauses_the_handlers_clocks_which_go_on_after_its_rejection() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(DAY)
    request = under_test.ask(RequestKind.NOT_AUTHORITY)
    under_test.wait(2 * DAY)
    under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert under_test.left(ClockKind.FOLLOW_UP) == 4 * DAY
    assert under_test.left(ClockKind.SETTLEMENT) == 13 * DAY


def test_the_agency_connecting_while_not_authority_is_pending_leaves_the_clock_paused() -> None:
    under_test = ReportUnderTest(St.AGENCY_NOT_CONNECTED)
    request = under_test.ask(RequestKind.NOT_AUTHORITY)
    under_test.do(A.CONNECT, CLOCKWORK)
    assert under_test.clocks == {"verification": "paused", "request": "running"}
    under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert under_test.clocks == {"verification": "running"}


def test_after_reopening_auto_close_comes_with_the_next_proper_follow_up() -> None:
    under_test = ReportUnderTest(St.CLOSED_BY_SYSTEM)
    under_test.wait(400 * DAY)
    under_test.do(A.REOPEN, ABOVE)
    assert under_test.left(ClockKind.FOLLOW_UP) == 5 * DAY
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.clocks == {"follow_up": "running"}
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.left(ClockKind.AUTO_CLOSE) == 10 * DAY
    under_test.wait(14 * DAY)
    assert under_test.state.status is St.CLOSED_BY_SYSTEM


def test_an_initial_response_leaves_settlement_running_to_the_first_proper_follow_up() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(DAY)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.left(ClockKind.SETTLEMENT) == 13 * DAY
    under_test.do(A.REPLY, CITIZEN)
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.clocks == {"auto_close": "running"}
    under_test.do(A.REPLY, CITIZEN)
    assert under_test.clocks == {"follow_up": "running"}


def test_a_promise_to_answer_a_reply_has_a_clock_that_further_promises_do_not_wind_up() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.do(A.REPLY, CITIZEN)
    under_test.wait(DAY)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.clocks == {"follow_up": "running"}
    assert under_test.left(ClockKind.FOLLOW_UP) == 5 * DAY
    under_test.wait(DAY)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.left(ClockKind.FOLLOW_UP) == 4 * DAY
    under_test.do(A.REPLY, CITIZEN)  # the same debt still
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.left(ClockKind.FOLLOW_UP) == 4 * DAY
    under_test.wait(30 * DAY)
    assert under_test.state.status is St.FOLLOWED_UP
    assert under_test.state.overdue
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.clocks == {"auto_close": "running"}
    assert not under_test.state.overdue
    under_test.do(A.REPLY, CITIZEN)  # another debt
    under_test.wait(DAY)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.left(ClockKind.FOLLOW_UP) == 5 * DAY


@pytest.mark.parametrize(
    ("closing", "who"),
    [(A.CLOSE, ABOVE), (A.DECLARE_SATISFIED, CITIZEN)],
    ids=["closed", "satisfied"],
)
@pytest.mark.parametrize(("days", "how"), [(3, "running"), (45, "overdue")])
def test_closing_before_any_follow_up_pauses_settlement_and_its_lateness(
    closing: A, who: frozenset[Capacity], days: int, how: str
) -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    under_test.wait(days * DAY)
    left = under_test.left(ClockKind.SETTLEMENT)
    under_test.do(closing, who)
    assert (under_test.state.overdue, under_test.state.due_at) == (False, None)
    under_test.wait(100 * DAY)
    assert under_test.left(ClockKind.SETTLEMENT) == left
    under_test.do(A.REOPEN, ABOVE)
    assert under_test.clocks == {"settlement": how, "follow_up": "running"}
    assert under_test.state.overdue == (how == "overdue")
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.clocks == {"settlement": how}
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.clocks == {"auto_close": "running"}


def test_settlement_runs_once_whatever_comes_after_the_first_follow_up() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.do(A.CLOSE, ABOVE)
    under_test.do(A.REOPEN, ABOVE)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.do(A.FORWARD, HANDLER_ADMIN_OR_ABOVE)
    request = under_test.ask(RequestKind.NOT_AUTHORITY)
    assert under_test.state.request(request) is not None
    under_test.do(A.VERIFY, DECIDER, handing=handing(PROVINCE, DINAS))
    assert under_test.clocks == {"follow_up": "running"}


def test_forwarding_starts_the_follow_up_clock_anew_and_settlement_goes_on() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(3 * DAY)
    under_test.do(A.FORWARD, HANDLER_ADMIN_OR_ABOVE)
    assert under_test.left(ClockKind.FOLLOW_UP) == 5 * DAY
    assert under_test.left(ClockKind.SETTLEMENT) == 11 * DAY


@pytest.mark.parametrize("zone", Zone)
def test_settlement_forwarded_to_another_zone_keeps_its_working_time(zone: Zone) -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(3 * DAY)
    state = under_test.do(
        A.FORWARD, HANDLER_ADMIN_OR_ABOVE, handing=handing(PROVINCE, DINAS, BIDANG, zone=zone)
    )
    clock = state.clock(ClockKind.SETTLEMENT)
    assert clock is not None
    assert (clock.zone, state.zone) == (zone, zone)
    assert under_test.left(ClockKind.SETTLEMENT) == 11 * DAY
    assert clock.deadline == CALENDAR.add(under_test.now, 11 * DAY, zone)


def test_paused_in_one_zone_and_resumed_in_another_it_keeps_its_working_time() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(DAY)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    under_test.do(
        A.REQUEST_NOT_AUTHORITY, DECIDER, handing=handing(PROVINCE, zone=Zone.WIT), decider_id=1
    )
    under_test.wait(DAY)
    [request] = under_test.state.requests
    under_test.do(A.REJECT_REQUEST, DECIDER, actor=PUSAT, request_id=request.id)
    assert under_test.left(ClockKind.FOLLOW_UP) == 4 * DAY
    clock = under_test.state.clock(ClockKind.FOLLOW_UP)
    assert clock is not None
    assert clock.zone is Zone.WIT


SETTLEMENT_DAYS = {
    Classification.INFORMATION: 5,
    Classification.ASPIRATION: 5,
    Classification.COMPLAINT_WITHOUT_OVERSIGHT: 14,
    Classification.COMPLAINT_WITH_OVERSIGHT: 60,
}


@pytest.mark.parametrize(("classification", "days"), SETTLEMENT_DAYS.items())
def test_settlement_is_by_classification(classification: Classification, days: int) -> None:
    under_test = ReportUnderTest()
    under_test.do(A.VERIFY, HANDLER_ADMIN_OR_ABOVE, classification=classification)
    assert under_test.left(ClockKind.SETTLEMENT) == days * DAY
    under_test.wait(2 * DAY)
    under_test.do(
        A.AMEND, HANDLER_ADMIN_OR_ABOVE, classification=Classification.COMPLAINT_WITH_OVERSIGHT
    )
    assert under_test.left(ClockKind.SETTLEMENT) == 58 * DAY  # by the difference, not anew
    under_test.do(A.AMEND, HANDLER_ADMIN_OR_ABOVE, classification=classification)
    assert under_test.left(ClockKind.SETTLEMENT) == (days - 2) * DAY


def test_amending_ends_lateness_only_where_the_other_length_is_not_over() -> None:
    under_test = ReportUnderTest()
    under_test.do(A.VERIFY, HANDLER_ADMIN_OR_ABOVE, classification=Classification.INFORMATION)
    under_test.wait(14 * DAY)
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.clocks == {"settlement": "overdue"}
    under_test.do(A.AMEND, HANDLER_ADMIN_OR_ABOVE, classification=Classification.ASPIRATION)
    assert under_test.clocks == {"settlement": "overdue"}
    under_test.do(
        A.AMEND, HANDLER_ADMIN_OR_ABOVE, classification=Classification.COMPLAINT_WITHOUT_OVERSIGHT
    )
    assert under_test.clocks == {"settlement": "running"}
    assert under_test.left(ClockKind.SETTLEMENT) == 4 * DAY


def test_running_out_is_told_once_and_only_process_clocks_make_a_report_late() -> None:
    under_test = ReportUnderTest(St.AWAITING_INFORMATION)
    under_test.wait(60 * DAY)
    assert under_test.clocks == {"verification": "paused", "question": "overdue"}
    assert (under_test.state.overdue, under_test.state.question_unanswered) == (False, True)
    assert under_test.state.entries == 2
