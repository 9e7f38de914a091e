"""What the reporter may still say once a report is closed."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.check import Refused, allowed_actions
from shared.lifecycle.decision import Visibility
from shared.lifecycle.statuses import Status as St
from shared.lifecycle.visibility import Reader, readers_of
from tests.lifecycle.report_under_test import (
    ABOVE,
    CITIZEN,
    DECIDER,
    GRANTER,
    OFFICER,
    ReportUnderTest,
)

MONTH = timedelta(days=30)
Opened = tuple[A, St]


@pytest.mark.parametrize("action", [A.CLOSE, A.DECLARE_SATISFIED])
def test_every_closing_is_rated_once_within_thirty_days(action: A) -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    closed = under_test.do(action, ABOVE if action is A.CLOSE else CITIZEN)
    until = closed.rating_until
    assert until is not None
    assert until - under_test.now < MONTH + timedelta(minutes=1)
    under_test.wait(MONTH)
    rated = under_test.do(A.RATE, CITIZEN, rated=True)
    assert rated.status is closed.status
    assert rated.rating_until == until
    with pytest.raises(Refused, match="already_rated"):
        under_test.do(A.RATE, CITIZEN, rated=True)


def test_a_closing_is_not_rated_after_its_window_and_is_not_offered_so() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.do(A.CLOSE, ABOVE)
    under_test.wait(MONTH + timedelta(minutes=2))
    assert A.RATE not in allowed_actions(under_test.state, CITIZEN, under_test.now)
    with pytest.raises(Refused, match="window_over"):
        under_test.do(A.RATE, CITIZEN, rated=True)


def test_who_said_a_rating_with_satisfaction_has_rated() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    under_test.do(A.DECLARE_SATISFIED, CITIZEN, rated=True)
    with pytest.raises(Refused, match="already_rated"):
        under_test.do(A.RATE, CITIZEN, rated=True)


def test_the_next_closing_is_rated_anew() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP)
    first = under_test.do(A.CLOSE, ABOVE).rating_until
    under_test.do(A.RATE, CITIZEN, rated=True)
    assert under_test.do(A.REOPEN, ABOVE).rating_until is None
    under_test.wait(timedelta(days=1))
    under_test.do(A.FOLLOW_UP, OFFICER)
    second = under_test.do(A.CLOSE, ABOVE).rating_until
    assert first is not None
    assert second is not None
    assert second > first
    under_test.do(A.RATE, CITIZEN, rated=True)


def test_what_was_closed_before_there_was_a_window_has_thirty_days() -> None:
    under_test = ReportUnderTest(St.CLOSED_BY_SYSTEM, rating_until=None)
    under_test.wait(MONTH)
    under_test.do(A.RATE, CITIZEN, rated=True)
    late = ReportUnderTest(St.CLOSED_BY_SYSTEM, rating_until=None)
    late.wait(MONTH + timedelta(seconds=1))
    with pytest.raises(Refused, match="window_over"):
        late.do(A.RATE, CITIZEN, rated=True)


@pytest.mark.parametrize(
    ("ended", "opened"),
    [
        (St.CLOSED_BY_SYSTEM, (A.REOPEN, St.FOLLOWED_UP)),
        (St.CLOSED_BY_ADMIN, (A.REOPEN, St.FOLLOWED_UP)),
        (St.ARCHIVED_BY_ADMIN, (A.RESTORE, St.UNVERIFIED)),
    ],
)
def test_an_objection_is_granted_also_by_the_handlers_admin(ended: St, opened: Opened) -> None:
    under_test, request = _objected(ended)
    state = under_test.do(A.ACCEPT_REQUEST, GRANTER, request_id=request)
    line = under_test.lines[0]
    assert (line.action, state.status) == opened
    assert not state.requests
    assert Reader.REPORTER in readers_of(line.action, line.details)


def test_the_handlers_admin_does_not_refuse_an_objection() -> None:
    under_test, request = _objected(St.CLOSED_BY_ADMIN)
    with pytest.raises(Refused, match="not_authorised"):
        under_test.do(A.REJECT_REQUEST, GRANTER, request_id=request)


def test_who_closed_it_does_not_refuse_the_objection_but_may_grant_it() -> None:
    under_test, request = _objected(St.CLOSED_BY_ADMIN, ended_by_staff_id=2)
    with pytest.raises(Refused, match="own_request"):
        under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    with pytest.raises(Refused, match="not_the_asker"):
        under_test.do(A.WITHDRAW_REQUEST, DECIDER, request_id=request)
    state = under_test.do(A.ACCEPT_REQUEST, DECIDER | GRANTER, request_id=request)
    assert state.status is St.FOLLOWED_UP


def test_the_reporter_reads_the_refusal_of_an_objection_and_partners_are_told() -> None:
    under_test, request = _objected(St.CLOSED_BY_ADMIN)
    state = under_test.do(A.REJECT_REQUEST, DECIDER, request_id=request)
    line = under_test.lines[0]
    assert state.status is St.CLOSED_BY_ADMIN
    assert line.visibility is Visibility.REPORTER
    assert readers_of(line.action, line.details) == {Reader.REPORTER}
    assert under_test.last is not None
    assert under_test.last.event == "objection_rejected"
    with pytest.raises(Refused, match="already_objected"):
        under_test.do(A.OBJECT, CITIZEN)


def test_an_officers_reopen_request_does_not_stand_in_the_reporters_way() -> None:
    under_test = ReportUnderTest(St.CLOSED_BY_SYSTEM)
    under_test.ask(RequestKind.REOPEN)
    under_test.do(A.OBJECT, CITIZEN)
    state = under_test.do(A.REOPEN, ABOVE)
    assert not state.requests
    assert [line.details.get("accepted") for line in under_test.lines[1:]] == [True, True]


def test_an_objection_after_the_window_is_refused() -> None:
    under_test = ReportUnderTest(St.CLOSED_BY_SYSTEM)
    under_test.wait(MONTH + timedelta(seconds=1))
    with pytest.raises(Refused, match="window_over"):
        under_test.do(A.OBJECT, CITIZEN)


def _objected(ended: St, **details: object) -> tuple[ReportUnderTest, UUID]:
    under_test = ReportUnderTest(ended)
    (request,) = under_test.do(A.OBJECT, CITIZEN, **details).requests
    return under_test, request.id
