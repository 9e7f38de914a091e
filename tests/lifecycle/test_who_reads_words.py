"""One table says who reads which words beside the staff."""

import pytest

from shared.lifecycle.actions import PERFORMED_BY, REQUESTED_BY, Action
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import Reader, is_public, readers_of

REPORTER = {Reader.REPORTER}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("secret", [True, False])
def test_nobody_but_the_reporter_reads_anything_but_a_follow_up_and_why_it_was_taken_back(
    action: Action, secret: bool
) -> None:
    others = readers_of(action, {}, secret=secret) - REPORTER
    assert bool(others) is (action in (Action.FOLLOW_UP, Action.RECTIFY) and not secret)


@pytest.mark.parametrize("action", [*REQUESTED_BY, Action.COORDINATE, Action.REJECT_REQUEST])
def test_of_requests_and_coordination_nobody_reads(action: Action) -> None:
    assert readers_of(action, {}) == set()


def test_a_deferral_is_read_where_it_asks_and_a_note_where_it_closes_or_opens() -> None:
    assert readers_of(Action.DEFER, {"deferral": "incomplete_data"}) == REPORTER
    assert readers_of(Action.DEFER, {"deferral": "agency_not_connected"}) == set()
    read = {kind for kind, action in PERFORMED_BY.items() if readers_of(action, {}) == REPORTER}
    assert {str(kind) for kind in read} == {"close", "reopen"}


@pytest.mark.parametrize("status", Status)
def test_the_public_reads_a_report_once_verified_unless_archived_or_secret(status: Status) -> None:
    unread = {"UNVERIFIED", "AGENCY_NOT_CONNECTED", "AWAITING_INFORMATION"}
    unread |= {"INFORMATION_TO_EVALUATE", "ARCHIVED_BY_ADMIN", "ARCHIVED_BY_REPORTER"}
    assert is_public(status, secret=False) is (status not in unread)
    assert not is_public(status, secret=True)
