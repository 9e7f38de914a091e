"""Requests from below: what grants, ends, passes on or refuses them."""

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import (
    RequestKind,
)
from shared.lifecycle.check import Refused
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.decision import Visibility
from shared.lifecycle.events import EVENT_OF
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    BIDANG,
    CITIZEN,
    DAY,
    DECIDER,
    DINAS,
    NEEDED,
    OFFICER,
    PLATFORM,
    PROVINCE,
    ReportUnderTest,
    handing,
)

RUN, WAIT = "running", "paused"


@pytest.mark.parametrize("closing", [A.CLOSE, A.DECLARE_SATISFIED])
def test_closing_ends_the_hold_and_all_requests(closing: A) -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP, held=True)
    under_test.ask(RequestKind.RELEASE)
    under_test.ask(RequestKind.CLOSE)
    state = under_test.do(closing, CITIZEN if closing is A.DECLARE_SATISFIED else ABOVE)
    assert (state.held, state.requests, state.clocks) == (False, (), ())
    assert _ends(under_test) == {"release": False, "close": closing is A.CLOSE}


def test_reopening_grants_the_request_that_pends() -> None:
    under_test = ReportUnderTest(St.CLOSED_BY_ADMIN)
    under_test.ask(RequestKind.REOPEN)
    under_test.do(A.REOPEN, PLATFORM, reason_code="court_order")
    assert not under_test.state.requests
    assert _ends(under_test) == {"reopen": True}


def test_a_reply_ends_a_request_to_close_and_no_other() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.ask(RequestKind.HOLD)
    under_test.ask(RequestKind.CLOSE)
    state = under_test.do(A.REPLY, CITIZEN)
    assert [request.kind for request in state.requests] == [RequestKind.HOLD]
    assert _ends(under_test) == {"close": False}
    assert under_test.clocks == {"follow_up": RUN, "request": RUN}


def test_forwarding_ends_all_requests_and_says_so() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.ask(RequestKind.HOLD)
    under_test.ask(RequestKind.CLOSE)
    state = under_test.do(A.FORWARD, ABOVE)
    assert not state.requests
    assert _ends(under_test) == {"hold": False, "close": False}
    assert under_test.clocks == {"follow_up": RUN}


def test_a_direct_hold_grants_the_request_that_pends() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.ask(RequestKind.HOLD)
    state = under_test.do(A.HOLD, ABOVE)
    assert (state.held, state.requests) == (True, ())
    assert _ends(under_test) == {"hold": True}
    assert under_test.clocks == {"auto_close": WAIT}


ACCEPTED = (
    (RequestKind.HOLD, St.FOLLOWED_UP, False, St.FOLLOWED_UP, True),
    (RequestKind.RELEASE, St.FOLLOWED_UP, True, St.FOLLOWED_UP, False),
    (RequestKind.CLOSE, St.REPLIED_BY_REPORTER, True, St.CLOSED_BY_ADMIN, False),
    (RequestKind.REOPEN, St.CLOSED_BY_REPORTER, False, St.FOLLOWED_UP, False),
)


@pytest.mark.parametrize(("kind", "source", "held", "target", "held_then"), ACCEPTED)
def test_accepting_performs_what_was_asked(
    kind: RequestKind, source: St, held: bool, target: St, held_then: bool
) -> None:
    under_test = ReportUnderTest(source, held=held)
    request = under_test.ask(kind)
    state = under_test.do(A.ACCEPT_REQUEST, DECIDER, request_id=request)
    assert (state.status, state.held, state.requests) == (target, held_then, ())
    assert "request" not in under_test.clocks
    [line] = under_test.lines
    assert (line.details["request"], line.details["request_id"]) == (kind, str(request))
    assert under_test.last is not None
    assert (line.action, under_test.last.event) == (A(kind), EVENT_OF[A(kind)]), (
        "recorded as what it did"
    )
    assert line.visibility is (Visibility.PUBLIC if target is not source else Visibility.REPORTER)


@pytest.mark.parametrize(("kind", "source", "held", "_", "__"), ACCEPTED)
@pytest.mark.parametrize("end", [A.REJECT_REQUEST, A.WITHDRAW_REQUEST])
def test_rejecting_or_taking_back_leaves_all_as_it_was(
    kind: RequestKind, source: St, held: bool, _: St, __: bool, end: A
) -> None:
    under_test = ReportUnderTest(source, held=held)
    before = under_test.state
    request = under_test.ask(kind)
    state = under_test.do(end, DECIDER if end is A.REJECT_REQUEST else OFFICER, request_id=request)
    steps = {"version", "entries", "step_id", "last_step_at"}
    assert state.model_dump(exclude=steps) == before.model_dump(exclude=steps)


@pytest.mark.parametrize("status", [St.UNVERIFIED, St.AGENCY_NOT_CONNECTED, St.VERIFIED])
@pytest.mark.parametrize("action", [A.VERIFY, A.THROW, A.DEFER, A.ARCHIVE])
def test_not_authority_is_accepted_by_acting(status: St, action: A) -> None:
    under_test = ReportUnderTest(status)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    details = dict(NEEDED[action])
    if action is A.VERIFY:
        details["handing"] = handing(PROVINCE, BIDANG)
    if action in (A.DEFER, A.ARCHIVE):
        details["handing"] = handing(PROVINCE)
    state = under_test.do(action, DECIDER, **details)
    assert not state.requests
    assert _ends(under_test) == {"not_authority": True}
    assert state.handler_id == (PROVINCE if "deferral" in details or action is A.ARCHIVE
                                else details["handing"].chain[-1])  # fmt: skip


@pytest.mark.parametrize("status", [St.UNVERIFIED, St.AWAITING_INFORMATION, St.VERIFIED])
def test_verifying_to_who_asked_does_not_accept_not_authority(status: St) -> None:
    """It would take the lateness away: to leave the report there is to reject."""
    under_test = ReportUnderTest(status)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    with pytest.raises(Refused, match="same_handler"):
        under_test.do(A.VERIFY, DECIDER)
    assert under_test.state.pending(RequestKind.NOT_AUTHORITY)


def test_deferred_by_the_decider_after_verification_a_verification_clock_waits() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    under_test.do(A.DEFER, DECIDER, handing=handing(PROVINCE))
    assert under_test.clocks == {"verification": WAIT, "question": RUN}
    assert under_test.left(ClockKind.VERIFICATION) == 3 * DAY


def test_the_decider_may_ask_further_up_for_itself() -> None:
    under_test = ReportUnderTest(St.VERIFIED, chain=(1, PROVINCE, DINAS))
    first = under_test.ask(RequestKind.NOT_AUTHORITY)
    state = under_test.do(
        A.REQUEST_NOT_AUTHORITY, DECIDER, decider_id=1, handing=handing(1, PROVINCE)
    )
    [request] = state.requests
    assert (request.agency_id, request.decider_id, state.handler_id) == (PROVINCE, 1, PROVINCE)
    assert under_test.lines[0].details["passed_on"] == str(first)
    assert [c.key for c in state.clocks if c.kind is ClockKind.REQUEST] == [str(request.id)]
    assert under_test.clocks == {"follow_up": WAIT, "settlement": WAIT, "request": RUN}


def test_a_reporter_withdraws_though_not_authority_is_pending() -> None:
    under_test = ReportUnderTest()
    under_test.ask(RequestKind.NOT_AUTHORITY)
    state = under_test.do(A.WITHDRAW, CITIZEN)
    assert (state.status, state.requests, state.clocks) == (St.ARCHIVED_BY_REPORTER, (), ())
    assert _ends(under_test) == {"not_authority": False}


def _ends(under_test: ReportUnderTest) -> dict[str, bool]:
    """The requests that the last step ended by the way, and whether that granted them."""
    assert all(line.visibility is Visibility.STAFF for line in under_test.lines[1:])
    return {line.details["request"]: line.details["accepted"] for line in under_test.lines[1:]}
