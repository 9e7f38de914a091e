"""The reporter is told before the system closes a report."""

from datetime import timedelta

import pytest

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import FollowUpKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import ClockKind, notice_of, start
from shared.lifecycle.decision import Visibility
from shared.lifecycle.policy import Length, Unit
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    CALENDAR,
    CITIZEN,
    MONDAY,
    NOT_SPREAD,
    OFFICER,
    ReportUnderTest,
)

NOTICE = ClockKind.CLOSING_NOTICE


def test_the_reporter_is_told_three_working_days_before_the_system_closes() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER)
    notice = under_test.state.clock(NOTICE)
    closes = under_test.state.auto_close_at
    assert notice is not None
    assert notice.deadline is not None
    assert closes is not None
    assert CALENDAR.between(notice.deadline, closes, notice.zone) == timedelta(days=3)
    under_test.wait(notice.deadline - under_test.now)
    assert under_test.last is not None
    assert (under_test.last.event, under_test.state.status) == ("closing_soon", St.FOLLOWED_UP)
    assert under_test.lines[0].visibility is Visibility.REPORTER
    assert under_test.state.auto_close_at == closes
    under_test.wait(timedelta(days=6))
    assert under_test.state.status is St.CLOSED_BY_SYSTEM
    assert under_test.state.clock(NOTICE) is None


def test_a_reply_ends_the_notice_and_the_next_follow_up_begins_it_anew() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.wait(timedelta(days=9))
    under_test.do(A.REPLY, CITIZEN)
    assert under_test.state.clock(NOTICE) is None
    under_test.do(A.FOLLOW_UP, OFFICER, follow_up_kind=FollowUpKind.INITIAL_RESPONSE)
    assert under_test.state.clock(NOTICE) is None
    under_test.do(A.FOLLOW_UP, OFFICER)
    assert under_test.left(NOTICE) == timedelta(days=7)


def test_the_notice_is_held_and_released_with_the_closing() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.FOLLOW_UP, OFFICER)
    under_test.wait(timedelta(days=1))
    under_test.do(A.HOLD, ABOVE)
    under_test.wait(timedelta(days=60))
    assert under_test.left(NOTICE) == timedelta(days=6)
    under_test.do(A.RELEASE, ABOVE)
    assert (under_test.left(NOTICE), under_test.left(ClockKind.AUTO_CLOSE)) == (
        timedelta(days=6),
        timedelta(days=9),
    )


@pytest.mark.parametrize(
    ("amount", "unit", "days"),
    [(10, Unit.CALENDAR_DAYS, 7), (3, Unit.WORKING_DAYS, None), (1, Unit.SECONDS, None)],
)
def test_of_other_lengths_the_notice_is_working_days_before_the_end_or_not_at_all(
    amount: int, unit: Unit, days: int | None
) -> None:
    """Ten days after a Monday are a Thursday; three working days before that is a Monday."""
    length = Length(amount=amount, unit=unit)
    closing = start(ClockKind.AUTO_CLOSE, length, MONDAY, Zone.WIB, CALENDAR, 1, NOT_SPREAD)
    before = Length(amount=3, unit=Unit.WORKING_DAYS)
    notice = notice_of(closing, before, CALENDAR, NOT_SPREAD)
    expected = None if days is None else MONDAY + timedelta(days=days)
    assert (notice and notice.deadline) == expected
