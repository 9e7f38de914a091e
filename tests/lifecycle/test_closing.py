"""What the reporter may still say once a report is closed."""

from datetime import timedelta

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.check import Refused, allowed_actions
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import ABOVE, CITIZEN, OFFICER, ReportUnderTest

MONTH = timedelta(days=30)


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
    under_test = ReportUnderTest(St.CLOSED_BY_SYSTEM)
    under_test.wait(MONTH)
    under_test.do(A.RATE, CITIZEN, rated=True)
    late = ReportUnderTest(St.CLOSED_BY_SYSTEM)
    late.wait(MONTH + timedelta(seconds=1))
    with pytest.raises(Refused, match="window_over"):
        late.do(A.RATE, CITIZEN, rated=True)
