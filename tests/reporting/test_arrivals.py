"""When a report came is told to the hour; of an anonymous one also by the steps that came with it,
and when its reporter did what."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.reporting.live_events import _shown
from services.reporting.live_feed import Happened
from services.reporting.statistics.facts import ReportRow, Step, fact_of
from services.reporting.webhooks.events_to_webhooks import _as_sent
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from tests.reporting.webhooks.telling import event

AT = datetime(2026, 11, 24, 3, 17, 42, 905175, tzinfo=UTC)
HOUR = datetime(2026, 11, 24, 3, tzinfo=UTC)
WITH_AGENCY = {"from_status": Status.VERIFIED}
BY_REPORTER = {"actor_kind": ActorKind.REPORTER}
BY_PARTNER = {"actor_kind": ActorKind.PARTNER}
BROUGHT = {**WITH_AGENCY, "details": {"brought_by": "visit"}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, HOUR),
        ({"version": 5}, HOUR),  # verified after it was put off, perhaps by who entered it
        ({"action": Action.ARCHIVE, "tab": Tab.ARCHIVED}, HOUR),
        ({"action": Action.DEFER, "tab": Tab.DEFERRED, "version": 3}, HOUR),
        ({"action": Action.ARCHIVE, "tab": Tab.ARCHIVED, "version": 4}, HOUR),  # unverified still
        ({"action": Action.AMEND, "version": 3, **WITH_AGENCY}, AT),
        ({"action": Action.FOLLOW_UP, "tab": Tab.IN_PROCESS, "version": 3, **WITH_AGENCY}, AT),
        ({"action": Action.REPLY, "version": 4, **WITH_AGENCY, **BY_REPORTER}, HOUR),
        ({"action": Action.OBJECT, "tab": Tab.CLOSED, "version": 6, **BY_REPORTER}, HOUR),
        ({"action": Action.RATE, "tab": Tab.CLOSED, "version": 6, **BY_PARTNER}, HOUR),
        # Staff recorded it: the reporter was there.
        ({"action": Action.REPLY, "tab": Tab.IN_PROCESS, "version": 4, **BROUGHT}, HOUR),
        # So long after what may have come with it.
        ({"action": Action.OVERDUE, "version": 3}, HOUR),
        ({"action": Action.ESCALATE, "tab": Tab.IN_PROCESS, "version": 4}, HOUR),
        ({"action": Action.CLOSING_NOTICE, "tab": Tab.IN_PROCESS, "version": 4}, HOUR),
        ({"action": Action.AUTO_CLOSE, "tab": Tab.CLOSED, "version": 5}, HOUR),
        ({"action": Action.QUESTION_REMINDER, "version": 5}, HOUR),
    ],
)
def test_events_tell_the_hour_of_what_came_with_it_and_of_what_its_reporter_did(
    changes: dict[str, Any], told: datetime
) -> None:
    happened = event(7, 2, at=AT, due_at=AT, auto_close_at=AT, **changes)
    hooked = _as_sent(happened, anonymous=True)
    assert (hooked.at, hooked.due_at, hooked.auto_close_at) == (told, HOUR, HOUR)
    live = _shown(Happened(1, happened)).data
    assert datetime.fromisoformat(live["at"]) == told


NEW: dict[str, Any] = {"from_status": None, "status": Status.UNVERIFIED, "tab": Tab.UNVERIFIED}
WAITS: dict[str, Any] = {**NEW, "from_status": Status.UNVERIFIED}
COMPLETED: dict[str, Any] = {
    "from_status": Status.AWAITING_INFORMATION,
    "status": Status.INFORMATION_TO_EVALUATE,
    "tab": Tab.DEFERRED,
}


@pytest.mark.parametrize(
    ("changes", "told", "due"),
    [
        ({"action": Action.SUBMIT, "version": 1, **NEW, **BY_REPORTER}, HOUR, HOUR),
        ({"action": Action.SUBMIT, "version": 1, **NEW}, HOUR, HOUR),
        # So long after it came.
        ({"action": Action.OVERDUE, **WAITS}, HOUR, HOUR),
        ({"action": Action.ESCALATE, "version": 3, **WAITS}, HOUR, HOUR),
        # What somebody did; when it is to be verified is reckoned from when it came all the same.
        ({"action": Action.THROW, **WAITS}, AT, HOUR),
        ({"action": Action.COMPLETE_INFORMATION, **COMPLETED, **BY_REPORTER}, AT, HOUR),
        ({"action": Action.VERIFY}, AT, AT),
        ({"action": Action.REPLY, "version": 4, **WITH_AGENCY, **BY_REPORTER}, AT, AT),
        ({"action": Action.OVERDUE, "version": 3, **WITH_AGENCY}, AT, AT),
    ],
)
def test_events_of_a_report_with_a_name_tell_the_hour_of_what_tells_when_it_came(
    changes: dict[str, Any], told: datetime, due: datetime
) -> None:
    """Those before and after an anonymous one would tell when that came: numbers grow with time."""
    happened = event(7, 2, at=AT, due_at=AT, **changes)
    hooked = _as_sent(happened, anonymous=False)
    assert (hooked.at, hooked.due_at) == (told, due)
    assert hooked.actor_kind is happened.actor_kind
    if told == HOUR:
        live = _shown(Happened(1, happened)).data
        assert datetime.fromisoformat(live["at"]) == HOUR


@pytest.mark.parametrize("anonymous", [True, False])
@pytest.mark.parametrize("maker", [5, 6, None])
def test_who_verified_an_anonymous_report_they_entered_is_in_no_figure_of_a_person(
    anonymous: bool, maker: int | None
) -> None:
    row = ReportRow(
        number=7, version=2, status=Status.VERIFIED, path=(1, 2), zone=Zone.WIB, channel="letter",
        classification=None, category_id=None, programme_id=None, tag_ids=(), region_code=None,
        anonymous=anonymous, secret=False, priority=False, overdue=False, submitted_at=AT,
        rating=None,
        solved=None,
        rated_now=False,
    )  # fmt: skip
    steps = [
        Step(AT, Action.SUBMIT, maker, maker and 2, Status.UNVERIFIED, {}),
        Step(AT, Action.VERIFY, 5, 2, Status.VERIFIED, {}),
    ]
    marks = fact_of(row, steps).marks
    assert ("verified_by:2:5" in marks) is not (anonymous and maker == 5)
    assert "verification_total_measured" in marks
