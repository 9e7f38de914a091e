"""Lateness climbs from the handler to pusat, one agency every five working days."""

from datetime import timedelta

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import FollowUpKind, RequestKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.escalation import agency_above
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    BIDANG,
    DECIDER,
    DINAS,
    HANDLER_ADMIN_OR_ABOVE,
    OFFICER,
    PROVINCE,
    ReportUnderTest,
    handing,
)

WEEK = timedelta(days=7)
LADDER = ClockKind.ESCALATION


def test_lateness_climbs_one_level_a_week_of_working_days_up_to_pusat() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(WEEK)  # five working days
    assert _level(under_test) == ("overdue", 1)
    under_test.wait(WEEK)
    assert _level(under_test) == ("escalated", 2)
    assert under_test.state.clock(LADDER) is None  # pusat: it ends there
    assert [agency_above(under_test.path, level) for level in (1, 2, 3)] == [PROVINCE, 1, 1]


def test_the_step_that_was_owed_ends_it_and_the_next_lateness_begins_at_the_bottom() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(WEEK)
    state = under_test.do(A.FOLLOW_UP, OFFICER)
    assert (state.clock(LADDER), state.escalation_level) == (None, 0)


def test_a_promise_ends_no_ladder_while_settlement_is_late() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(WEEK * 2)
    under_test.do(A.FORWARD, ABOVE, handing=handing(PROVINCE, DINAS, BIDANG))
    under_test.path = (1, PROVINCE, DINAS, BIDANG)
    under_test.wait(WEEK)  # settlement has run out too
    under_test.do(A.FOLLOW_UP, ABOVE, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.state.escalation_level > 0


def test_handing_over_does_not_set_it_back() -> None:
    under_test = ReportUnderTest(St.UNVERIFIED)
    under_test.wait(timedelta(days=3))
    assert _level(under_test) == ("overdue", 1)
    state = under_test.do(A.THROW, ABOVE, handing=handing(PROVINCE, DINAS, BIDANG))
    under_test.path = (1, PROVINCE, DINAS, BIDANG)
    assert (state.clock(LADDER), state.escalation_level) == (None, 1)  # nobody is late now
    under_test.wait(timedelta(days=5))
    assert _level(under_test) == ("overdue", 2)


def test_a_pause_pauses_it() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(WEEK + timedelta(days=1))
    request = under_test.ask(RequestKind.NOT_AUTHORITY, HANDLER_ADMIN_OR_ABOVE)
    under_test.wait(WEEK)
    assert under_test.left(LADDER) == timedelta(days=4)
    under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    assert under_test.left(LADDER) == timedelta(days=4)


def test_one_ladder_though_two_clocks_are_late() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.path = (1, 2, PROVINCE, 50, DINAS)
    under_test.wait(timedelta(days=20))  # follow-up after 5, settlement after 14 working days
    overdue = [clock for clock in under_test.state.clocks if clock.overdue]
    assert len(overdue) == 2
    assert [c.kind for c in under_test.state.clocks].count(LADDER) == 1
    assert under_test.state.escalation_level == 2


def test_at_pusat_a_second_lateness_puts_it_no_higher() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.wait(WEEK * 2)  # follow-up is late; the ladder has ended at pusat
    under_test.wait(WEEK)  # settlement, 14 working days
    assert _level(under_test) == ("overdue", 2)
    state = under_test.state
    assert (state.clock(LADDER), state.escalation_level) == (None, 2)


def _level(under_test: ReportUnderTest) -> tuple[str, int]:
    assert under_test.last is not None
    return under_test.last.event, under_test.lines[0].details["level"]
