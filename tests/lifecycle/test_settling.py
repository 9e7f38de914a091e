"""Dates of clocks through pauses, hands and time zones: nothing is lost, nothing given."""

from datetime import timedelta

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import Classification, FollowUpKind, RequestKind
from shared.lifecycle.authority import Standing
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
    HANDLER_ADMIN,
    HOUR,
    OFFICER,
    PROVINCE,
    PUSAT,
    Desk,
    handing,
)

HELD_FOR = [timedelta(0), 5 * HOUR, 30 * DAY]


def test_a_deferral_pauses_verification_to_the_hour() -> None:
    desk = Desk()
    desk.wait(7 * HOUR)
    desk.do(A.DEFER, HANDLER_ADMIN)
    desk.wait(9 * DAY)
    desk.do(A.COMPLETE_INFORMATION, CITIZEN)
    assert desk.left(ClockKind.VERIFICATION) == 3 * DAY - 7 * HOUR
    assert desk.clocks == {"verification": "running"}


def test_a_verification_late_before_the_deferral_is_late_after_it() -> None:
    desk = Desk()
    desk.wait(4 * DAY)
    desk.do(A.DEFER, HANDLER_ADMIN)
    assert desk.clocks["verification"] == "overdue"
    assert desk.state.overdue
    desk.do(A.COMPLETE_INFORMATION, CITIZEN)
    assert desk.left(ClockKind.VERIFICATION) == -DAY
    assert desk.clocks == {"verification": "overdue"}


@pytest.mark.parametrize("pause", HELD_FOR)
def test_hold_and_release_keep_what_remains(pause: timedelta) -> None:
    desk = Desk(St.FOLLOWED_UP)
    desk.wait(DAY)
    untouched = desk.state.auto_close_at
    for _ in range(3):
        desk.do(A.HOLD, ABOVE)
        desk.wait(pause)
        desk.do(A.RELEASE, ABOVE)
        assert desk.left(ClockKind.AUTO_CLOSE) == 9 * DAY
    if not pause:
        assert desk.state.auto_close_at == untouched


def test_a_follow_up_while_held_waits_full_for_the_release() -> None:
    desk = Desk(St.FOLLOWED_UP)
    desk.wait(4 * DAY)
    desk.do(A.HOLD, ABOVE)
    desk.do(A.FOLLOW_UP, OFFICER)
    assert desk.clocks == {"auto_close": "paused"}
    desk.wait(40 * DAY)
    desk.do(A.RELEASE, ABOVE)
    assert desk.left(ClockKind.AUTO_CLOSE) == 10 * DAY


def test_a_hold_request_suspends_auto_close_until_it_is_rejected() -> None:
    desk = Desk(St.FOLLOWED_UP)
    desk.wait(2 * DAY)
    request = desk.ask(RequestKind.HOLD)
    desk.wait(20 * DAY)
    assert desk.clocks == {"auto_close": "paused", "request": "overdue"}
    desk.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert desk.left(ClockKind.AUTO_CLOSE) == 8 * DAY


def test_accepting_a_hold_request_goes_on_pausing() -> None:
    desk = Desk(St.FOLLOWED_UP)
    request = desk.ask(RequestKind.HOLD)
    desk.do(A.ACCEPT_REQUEST, DECIDER, request_id=request)
    assert desk.clocks == {"auto_close": "paused"}
    desk.wait(DAY)
    desk.do(A.RELEASE, ABOVE)
    assert desk.left(ClockKind.AUTO_CLOSE) == 10 * DAY


def test_a_reply_ends_auto_close_though_it_was_held_and_a_release_brings_none_back() -> None:
    desk = Desk(St.FOLLOWED_UP)
    desk.do(A.HOLD, ABOVE)
    desk.do(A.REPLY, CITIZEN)
    assert desk.do(A.RELEASE, ABOVE).status is St.REPLIED_BY_REPORTER
    assert desk.clocks == {"follow_up": "running"}


def test_a_second_reply_never_wipes_out_lateness() -> None:
    desk = Desk(St.FOLLOWED_UP)
    desk.do(A.REPLY, CITIZEN)
    desk.wait(8 * DAY)
    assert desk.clocks == {"follow_up": "overdue"}
    due = desk.state.due_at
    desk.do(A.REPLY, CITIZEN)
    assert (desk.clocks, desk.state.due_at) == ({"follow_up": "overdue"}, due)


def test_not_authority_pauses_the_handlers_clocks_which_go_on_after_its_rejection() -> None:
    desk = Desk(St.VERIFIED)
    desk.wait(DAY)
    request = desk.ask(RequestKind.NOT_AUTHORITY)
    desk.wait(2 * DAY)
    desk.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert desk.left(ClockKind.FOLLOW_UP) == 4 * DAY
    assert desk.left(ClockKind.SETTLEMENT) == 13 * DAY


def test_the_agency_connecting_while_not_authority_is_pending_leaves_the_clock_paused() -> None:
    desk = Desk(St.AGENCY_NOT_CONNECTED)
    request = desk.ask(RequestKind.NOT_AUTHORITY)
    desk.do(A.CONNECT, CLOCKWORK)
    assert desk.clocks == {"verification": "paused", "request": "running"}
    desk.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert desk.clocks == {"verification": "running"}


def test_after_reopening_auto_close_comes_with_the_next_proper_follow_up() -> None:
    desk = Desk(St.CLOSED_BY_SYSTEM)
    desk.wait(400 * DAY)
    desk.do(A.REOPEN, ABOVE)
    assert desk.left(ClockKind.FOLLOW_UP) == 5 * DAY
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.clocks == {"follow_up": "running"}
    desk.do(A.FOLLOW_UP, OFFICER)
    assert desk.left(ClockKind.AUTO_CLOSE) == 10 * DAY
    desk.wait(14 * DAY)
    assert desk.state.status is St.CLOSED_BY_SYSTEM


def test_an_initial_response_leaves_settlement_running_to_the_first_proper_follow_up() -> None:
    desk = Desk(St.VERIFIED)
    desk.wait(DAY)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.left(ClockKind.SETTLEMENT) == 13 * DAY
    desk.do(A.REPLY, CITIZEN)
    desk.do(A.FOLLOW_UP, OFFICER)
    assert desk.clocks == {"auto_close": "running"}
    desk.do(A.REPLY, CITIZEN)
    assert desk.clocks == {"follow_up": "running"}


def test_a_promise_to_answer_a_reply_has_a_clock_that_further_promises_do_not_wind_up() -> None:
    desk = Desk(St.VERIFIED)
    desk.do(A.FOLLOW_UP, OFFICER)
    desk.do(A.REPLY, CITIZEN)
    desk.wait(DAY)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.clocks == {"follow_up": "running"}
    assert desk.left(ClockKind.FOLLOW_UP) == 5 * DAY
    desk.wait(DAY)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.left(ClockKind.FOLLOW_UP) == 4 * DAY
    desk.do(A.REPLY, CITIZEN)  # the same debt still
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.left(ClockKind.FOLLOW_UP) == 4 * DAY
    desk.wait(30 * DAY)
    assert desk.state.status is St.FOLLOWED_UP
    assert desk.state.overdue
    desk.do(A.FOLLOW_UP, OFFICER)
    assert desk.clocks == {"auto_close": "running"}
    assert not desk.state.overdue
    desk.do(A.REPLY, CITIZEN)  # another debt
    desk.wait(DAY)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.left(ClockKind.FOLLOW_UP) == 5 * DAY


@pytest.mark.parametrize(
    ("closing", "who"),
    [(A.CLOSE, ABOVE), (A.DECLARE_SATISFIED, CITIZEN)],
    ids=["closed", "satisfied"],
)
@pytest.mark.parametrize(("days", "how"), [(3, "running"), (45, "overdue")])
def test_closing_before_any_follow_up_pauses_settlement_and_its_lateness(
    closing: A, who: frozenset[Standing], days: int, how: str
) -> None:
    desk = Desk(St.VERIFIED)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    desk.wait(days * DAY)
    left = desk.left(ClockKind.SETTLEMENT)
    desk.do(closing, who)
    assert (desk.state.overdue, desk.state.due_at) == (False, None)
    desk.wait(100 * DAY)
    assert desk.left(ClockKind.SETTLEMENT) == left
    desk.do(A.REOPEN, ABOVE)
    assert desk.clocks == {"settlement": how, "follow_up": "running"}
    assert desk.state.overdue == (how == "overdue")
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.clocks == {"settlement": how}
    desk.do(A.FOLLOW_UP, OFFICER)
    assert desk.clocks == {"auto_close": "running"}


def test_settlement_runs_once_whatever_comes_after_the_first_follow_up() -> None:
    desk = Desk(St.VERIFIED)
    desk.do(A.FOLLOW_UP, OFFICER)
    desk.do(A.CLOSE, ABOVE)
    desk.do(A.REOPEN, ABOVE)
    desk.do(A.FOLLOW_UP, OFFICER)
    desk.do(A.FORWARD, HANDLER_ADMIN)
    request = desk.ask(RequestKind.NOT_AUTHORITY)
    assert desk.state.request(request) is not None
    desk.do(A.VERIFY, DECIDER, handing=handing(PROVINCE, DINAS))
    assert desk.clocks == {"follow_up": "running"}


def test_forwarding_starts_the_follow_up_clock_anew_and_settlement_goes_on() -> None:
    desk = Desk(St.VERIFIED)
    desk.wait(3 * DAY)
    desk.do(A.FORWARD, HANDLER_ADMIN)
    assert desk.left(ClockKind.FOLLOW_UP) == 5 * DAY
    assert desk.left(ClockKind.SETTLEMENT) == 11 * DAY


@pytest.mark.parametrize("zone", Zone)
def test_settlement_forwarded_to_another_zone_keeps_its_working_time(zone: Zone) -> None:
    desk = Desk(St.VERIFIED)
    desk.wait(3 * DAY)
    state = desk.do(A.FORWARD, HANDLER_ADMIN, handing=handing(PROVINCE, DINAS, BIDANG, zone=zone))
    clock = state.clock(ClockKind.SETTLEMENT)
    assert clock is not None
    assert (clock.zone, state.zone) == (zone, zone)
    assert desk.left(ClockKind.SETTLEMENT) == 11 * DAY
    assert clock.deadline == CALENDAR.add(desk.now, 11 * DAY, zone)


def test_paused_in_one_zone_and_resumed_in_another_it_keeps_its_working_time() -> None:
    desk = Desk(St.VERIFIED)
    desk.wait(DAY)
    desk.ask(RequestKind.NOT_AUTHORITY)
    desk.do(
        A.REQUEST_NOT_AUTHORITY, DECIDER, handing=handing(PROVINCE, zone=Zone.WIT), decider_id=1
    )
    desk.wait(DAY)
    [request] = desk.state.requests
    desk.do(A.REJECT_REQUEST, DECIDER, actor=PUSAT, request_id=request.id)
    assert desk.left(ClockKind.FOLLOW_UP) == 4 * DAY
    clock = desk.state.clock(ClockKind.FOLLOW_UP)
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
    desk = Desk()
    desk.do(A.VERIFY, HANDLER_ADMIN, classification=classification)
    assert desk.left(ClockKind.SETTLEMENT) == days * DAY
    desk.wait(2 * DAY)
    desk.do(A.AMEND, HANDLER_ADMIN, classification=Classification.COMPLAINT_WITH_OVERSIGHT)
    assert desk.left(ClockKind.SETTLEMENT) == 58 * DAY  # by the difference, not anew
    desk.do(A.AMEND, HANDLER_ADMIN, classification=classification)
    assert desk.left(ClockKind.SETTLEMENT) == (days - 2) * DAY


def test_amending_ends_lateness_only_where_the_other_length_is_not_over() -> None:
    desk = Desk()
    desk.do(A.VERIFY, HANDLER_ADMIN, classification=Classification.INFORMATION)
    desk.wait(14 * DAY)
    desk.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert desk.clocks == {"settlement": "overdue"}
    desk.do(A.AMEND, HANDLER_ADMIN, classification=Classification.ASPIRATION)
    assert desk.clocks == {"settlement": "overdue"}
    desk.do(A.AMEND, HANDLER_ADMIN, classification=Classification.COMPLAINT_WITHOUT_OVERSIGHT)
    assert desk.clocks == {"settlement": "running"}
    assert desk.left(ClockKind.SETTLEMENT) == 4 * DAY


def test_running_out_is_told_once_and_only_process_clocks_make_a_report_late() -> None:
    desk = Desk(St.AWAITING_INFORMATION)
    desk.wait(60 * DAY)
    assert desk.clocks == {"verification": "paused", "question": "overdue"}
    assert (desk.state.overdue, desk.state.question_unanswered) == (False, True)
    assert desk.state.entries == 2
