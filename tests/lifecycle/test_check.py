"""Who may do what from which status: the whole table, and what a pending request forbids."""

import uuid
from collections.abc import Iterable

import pytest

from shared.lifecycle.actions import REQUESTED_BY, DeferralKind, RequestKind
from shared.lifecycle.actions import Action as A
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import Refused, allowed_actions, refusal
from shared.lifecycle.commands import Command
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status as St
from tests.lifecycle.report_under_test import (
    ABOVE,
    CITIZEN,
    DECIDER,
    DINAS,
    HANDLER_ADMIN_OR_ABOVE,
    MINISTRY,
    OFFICER,
    PLATFORM,
    PROVINCE,
    WHO,
    ReportUnderTest,
    handing,
)

DEFERRED = {St.AGENCY_NOT_CONNECTED, St.AWAITING_INFORMATION, St.INFORMATION_TO_EVALUATE}
UNVERIFIED = {St.UNVERIFIED} | DEFERRED
IN_PROCESS = {St.FOLLOWED_UP, St.REPLIED_BY_REPORTER}
CLOSED = {St.CLOSED_BY_SYSTEM, St.CLOSED_BY_ADMIN, St.CLOSED_BY_REPORTER}
WITH_AGENCY = {St.VERIFIED} | IN_PROCESS
OPEN = UNVERIFIED | WITH_AGENCY
ANY = set(St)

OFFICERS = {"officer", "handler's admin", "admin above", "decider"}
ADMINS = OFFICERS - {"officer"}
INTERVENING = {"admin above", "decider", "operator"}

# As the specification's tables say, apart from the code's: action, who, from.
TABLE: dict[A, tuple[set[str], set[St]]] = {
    A.VERIFY: (ADMINS, UNVERIFIED),
    A.AMEND: (ADMINS, WITH_AGENCY),
    A.THROW: (ADMINS, UNVERIFIED),
    A.DEFER: (ADMINS, UNVERIFIED),
    A.COMPLETE_INFORMATION: (
        {"reporter"} | OFFICERS,
        {St.AWAITING_INFORMATION, St.INFORMATION_TO_EVALUATE},
    ),
    A.CONNECT: ({"system"}, {St.AGENCY_NOT_CONNECTED}),
    A.SUCCEED: ({"system"}, ANY),
    A.ARCHIVE: (ADMINS, UNVERIFIED),
    A.RESTORE: (ADMINS, {St.ARCHIVED_BY_ADMIN}),
    A.WITHDRAW: ({"reporter"}, UNVERIFIED),
    A.FOLLOW_UP: (OFFICERS, WITH_AGENCY),
    A.RECTIFY: (OFFICERS | {"author"}, ANY),
    A.COORDINATE: (OFFICERS, OPEN),
    A.REPLY: ({"reporter"} | OFFICERS, IN_PROCESS),
    A.DECLARE_SATISFIED: ({"reporter"}, IN_PROCESS),
    A.RATE: ({"reporter"}, CLOSED),
    A.OBJECT: ({"reporter"}, {St.CLOSED_BY_SYSTEM, St.CLOSED_BY_ADMIN, St.ARCHIVED_BY_ADMIN}),
    A.FORWARD: (ADMINS, WITH_AGENCY),
    A.CHANGE_COPIES: (ADMINS, ANY),
    A.LINK: (ADMINS, OPEN),
    A.UNLINK: (set(), set()),  # nothing is linked: see below
    A.HOLD: (INTERVENING, IN_PROCESS),
    A.RELEASE: (set(), set()),  # nothing is held: see below
    A.CLOSE: (INTERVENING, IN_PROCESS),
    A.REOPEN: (INTERVENING, CLOSED),
    A.REQUEST_NOT_AUTHORITY: (OFFICERS, UNVERIFIED | {St.VERIFIED}),
    A.REQUEST_HOLD: (OFFICERS, IN_PROCESS),
    A.REQUEST_RELEASE: (set(), set()),
    A.REQUEST_CLOSE: (OFFICERS, IN_PROCESS),
    A.REQUEST_REOPEN: (OFFICERS, CLOSED),
    A.ACCEPT_REQUEST: (set(), set()),
    A.REJECT_REQUEST: (set(), set()),
    A.WITHDRAW_REQUEST: (set(), set()),
    A.AUTO_CLOSE: ({"system"}, {St.FOLLOWED_UP}),
    A.CLOSING_NOTICE: ({"system"}, {St.FOLLOWED_UP}),
    A.OVERDUE: ({"system"}, ANY),
    A.ESCALATE: ({"system"}, OPEN),
    A.QUESTION_REMINDER: ({"system"}, ANY),
}


def test_the_table_names_every_action_that_somebody_does() -> None:
    assert TABLE.keys() == RULES.keys() == set(A) - {A.SUBMIT, A.END_REQUEST, A.CANCEL}


@pytest.mark.parametrize("status", St)
@pytest.mark.parametrize("who", WHO)
def test_who_may_do_what_from_which_status(who: str, status: St) -> None:
    expected = {a for a, (people, sources) in TABLE.items() if who in people and status in sources}
    assert set(allowed_actions(ReportUnderTest(status).state, WHO[who])) == expected


@pytest.mark.parametrize("status", sorted(IN_PROCESS))
def test_only_what_is_held_is_released(status: St) -> None:
    held = ReportUnderTest(status, held=True).state
    assert _allowed(held, "hold", "release", "request_hold", "request_release") == {
        "officer": {A.REQUEST_RELEASE},
        "handler's admin": {A.REQUEST_RELEASE},
        "admin above": {A.RELEASE, A.REQUEST_RELEASE},
        "decider": {A.RELEASE, A.REQUEST_RELEASE},
        "operator": {A.RELEASE},
    }


def test_only_what_is_linked_is_unlinked_and_not_linked_to_the_same_twice() -> None:
    under_test = ReportUnderTest(St.VERIFIED)
    under_test.do(A.LINK, HANDLER_ADMIN_OR_ABOVE, main_number=7)
    assert under_test.state.main_number == 7
    assert _allowed(under_test.state, "unlink")["handler's admin"] == {A.UNLINK}
    with pytest.raises(Refused, match="already_linked"):
        under_test.do(A.LINK, HANDLER_ADMIN_OR_ABOVE, main_number=7)
    under_test.do(A.LINK, HANDLER_ADMIN_OR_ABOVE, main_number=8)
    under_test.do(A.UNLINK, HANDLER_ADMIN_OR_ABOVE)
    assert under_test.state.main_number is None


@pytest.mark.parametrize("kind", REQUESTED_BY.values())
def test_one_request_of_a_kind_is_pending(kind: RequestKind) -> None:
    under_test = _asked(kind)
    with pytest.raises(Refused, match=r"not_authority_pending|request_already_pending"):
        under_test.do(A(f"request_{kind}"), HANDLER_ADMIN_OR_ABOVE)


@pytest.mark.parametrize("status", sorted(UNVERIFIED | {St.VERIFIED}))
def test_while_not_authority_is_pending_the_handler_may_withdraw_or_coordinate(status: St) -> None:
    under_test = ReportUnderTest(status)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    for who in (OFFICER, HANDLER_ADMIN_OR_ABOVE, ABOVE):  # above, but below the delegating agency
        assert set(allowed_actions(under_test.state, who)) == {A.COORDINATE, A.WITHDRAW_REQUEST}


@pytest.mark.parametrize("status", sorted(UNVERIFIED | {St.VERIFIED}))
def test_its_decider_answers_by_acting(status: St) -> None:
    under_test = ReportUnderTest(status)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    allowed = set(allowed_actions(under_test.state, DECIDER))
    answers = {A.VERIFY, A.THROW, A.DEFER, A.ARCHIVE, A.REQUEST_NOT_AUTHORITY, A.REJECT_REQUEST}
    assert answers <= allowed
    assert A.ACCEPT_REQUEST not in allowed
    assert A.FOLLOW_UP not in allowed
    assert (A.AMEND in allowed) == (A.FORWARD in allowed) == (status is St.VERIFIED)


@pytest.mark.parametrize("status", sorted(UNVERIFIED))
def test_the_reporter_acts_as_usual_while_not_authority_is_pending(status: St) -> None:
    under_test = ReportUnderTest(status)
    before = allowed_actions(under_test.state, CITIZEN)
    under_test.ask(RequestKind.NOT_AUTHORITY)
    assert A.WITHDRAW in before
    assert allowed_actions(under_test.state, CITIZEN) == before


@pytest.mark.parametrize("status", sorted(OPEN | {St.ARCHIVED_BY_ADMIN}))
def test_information_is_completed_while_the_question_is_unanswered(status: St) -> None:
    asked = ReportUnderTest(status, question_open=True).state
    assert refusal(asked, A.COMPLETE_INFORMATION, CITIZEN) is None


@pytest.mark.parametrize(
    "kind", [k for k in REQUESTED_BY.values() if k is not RequestKind.NOT_AUTHORITY]
)
def test_nobody_decides_their_own_request(kind: RequestKind) -> None:
    under_test = _asked(kind, DECIDER)
    request = under_test.state.requests[0].id
    for decision in (A.ACCEPT_REQUEST, A.REJECT_REQUEST):
        with pytest.raises(Refused, match="own_request"):
            under_test.do(decision, DECIDER, request_id=request)


@pytest.mark.parametrize("kind", REQUESTED_BY.values())
def test_only_who_asked_withdraws_a_request(kind: RequestKind) -> None:
    under_test = _asked(kind)
    request = under_test.state.requests[0].id
    with pytest.raises(Refused, match="not_the_asker"):
        under_test.do(A.WITHDRAW_REQUEST, HANDLER_ADMIN_OR_ABOVE, request_id=request)
    assert not under_test.do(A.WITHDRAW_REQUEST, OFFICER, request_id=request).requests


@pytest.mark.parametrize("kind", REQUESTED_BY.values())
def test_handler_and_operator_do_not_decide(kind: RequestKind) -> None:
    under_test = _asked(kind)
    request = under_test.state.requests[0].id
    for who in (OFFICER, HANDLER_ADMIN_OR_ABOVE, ABOVE, PLATFORM):
        with pytest.raises(Refused, match="not_authorised"):
            under_test.do(A.REJECT_REQUEST, who, request_id=request)


def test_not_authority_is_not_accepted_by_word() -> None:
    under_test = _asked(RequestKind.NOT_AUTHORITY)
    with pytest.raises(Refused):
        under_test.do(A.ACCEPT_REQUEST, DECIDER, request_id=under_test.state.requests[0].id)


def test_a_request_that_was_never_made_is_not_decided() -> None:
    with pytest.raises(Refused, match="no_such_request"):
        _asked(RequestKind.HOLD).do(A.REJECT_REQUEST, DECIDER, request_id=uuid.uuid4())


def test_what_was_asked_must_still_be_possible() -> None:
    under_test = ReportUnderTest(St.FOLLOWED_UP, held=True)
    request = under_test.ask(RequestKind.RELEASE)
    under_test.state = under_test.state.model_copy(update={"held": False})
    with pytest.raises(Refused, match="not_held"):
        under_test.do(A.ACCEPT_REQUEST, DECIDER, request_id=request)


def test_a_command_made_for_another_handler_is_refused() -> None:
    with pytest.raises(Refused, match="handler_changed"):
        ReportUnderTest(St.VERIFIED).do(A.FOLLOW_UP, OFFICER, handler_seen=MINISTRY)


@pytest.mark.parametrize("action", [A.THROW, A.FORWARD])
def test_handing_on_is_to_another_agency(action: A) -> None:
    under_test = ReportUnderTest(St.UNVERIFIED if action is A.THROW else St.VERIFIED)
    with pytest.raises(Refused, match="same_handler"):
        under_test.do(action, ABOVE, handing=handing(PROVINCE, DINAS))


LACKING: Iterable[tuple[A, St, dict[str, object]]] = (
    (A.VERIFY, St.UNVERIFIED, {"handing": None}),
    (A.VERIFY, St.UNVERIFIED, {"classification": None}),
    (A.THROW, St.UNVERIFIED, {"handing": None}),
    (A.FORWARD, St.VERIFIED, {"handing": None}),
    (A.DEFER, St.UNVERIFIED, {"deferral": None}),
    (A.DEFER, St.UNVERIFIED, {"deferral": DeferralKind.AGENCY_NOT_CONNECTED}),
    (A.ARCHIVE, St.UNVERIFIED, {"archive_category": None}),
    (A.FOLLOW_UP, St.VERIFIED, {"follow_up_kind": None}),
    (A.REPLY, St.FOLLOWED_UP, {}),  # staff say how the reporter's words came to them
    (A.CHANGE_COPIES, St.VERIFIED, {"copies": None}),
    (A.LINK, St.VERIFIED, {}),
    (A.REQUEST_HOLD, St.FOLLOWED_UP, {"decider_id": None}),
)


@pytest.mark.parametrize(("action", "status", "lacking"), LACKING)
def test_a_command_that_lacks_what_it_needs_is_refused(
    action: A, status: St, lacking: dict[str, object]
) -> None:
    with pytest.raises(Refused, match="command_incomplete"):
        ReportUnderTest(status).do(action, ABOVE, **lacking)


def _asked(kind: RequestKind, who: frozenset[Capacity] = OFFICER) -> ReportUnderTest:
    status = {RequestKind.NOT_AUTHORITY: St.VERIFIED, RequestKind.REOPEN: St.CLOSED_BY_ADMIN}
    under_test = ReportUnderTest(status.get(kind, St.FOLLOWED_UP), held=kind is RequestKind.RELEASE)
    under_test.ask(kind, who)
    return under_test


def _allowed(state: ReportState, *codes: str) -> dict[str, set[A]]:
    """Who may do which of these; those who may none are left out."""
    wanted = {A(code) for code in codes}
    allowed = {who: wanted & set(allowed_actions(state, WHO[who])) for who in WHO}
    return {who: actions for who, actions in allowed.items() if actions}


def test_a_command_of_an_older_history_is_still_read() -> None:
    """Commands of before 29 November 2026 wait in Postgres, and stand in histories."""
    command = ReportUnderTest().command(A.VERIFY, HANDLER_ADMIN_OR_ABOVE)
    body = command.model_dump(mode="json")
    older = {("standings" if name == "capacities" else name): value for name, value in body.items()}
    assert "standings" in older
    assert Command.model_validate(older) == command
