"""The transition table: who may do what from which status, and what it leads to.

Everything that needs to know asks this table: the workflow and its validators, the services'
`allowed_actions`, the panel's buttons, and the table of actions in the documentation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.lifecycle.actions import Action as A
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import (
    CLOSED,
    EVERY,
    IN_PROCESS,
    OPEN,
    TO_BE_VERIFIED,
    WITH_AGENCY,
    Status,
)

Condition = Callable[[ReportState], str | None]
"""Looks at a state and returns the refusal code, or None where there is nothing against it."""


@dataclass(frozen=True)
class Rule:
    """One row of the table. `targets` empty: the status stays as it is."""

    action: A
    who: frozenset[Capacity]
    sources: frozenset[Status]
    targets: tuple[Status, ...]
    effect: str
    conditions: tuple[Condition, ...] = field(default=())


def not_held(state: ReportState) -> str | None:
    return "already_held" if state.held else None


def is_held(state: ReportState) -> str | None:
    return None if state.held else "not_held"


def asked_a_question(state: ReportState) -> str | None:
    evaluating = state.status is Status.INFORMATION_TO_EVALUATE
    return None if state.question_open or evaluating else "no_question_open"


def none_pending(kind: RequestKind) -> Condition:
    def condition(state: ReportState) -> str | None:
        return "request_already_pending" if state.pending(kind) else None

    return condition


def some_pending(state: ReportState) -> str | None:
    return None if state.requests else "no_such_request"


_REPORTER = frozenset({Capacity.REPORTER})
_OFFICER = frozenset({Capacity.HANDLER_OFFICER})
_ADMIN = frozenset({Capacity.HANDLER_ADMIN})
_ABOVE = frozenset({Capacity.ADMIN_ABOVE, Capacity.OPERATOR})
_DECIDER = frozenset({Capacity.DECIDER})
_SYSTEM = frozenset({Capacity.SYSTEM})
_BY_ADMIN = frozenset({Status.ARCHIVED_BY_ADMIN})
_QUESTIONED = OPEN | _BY_ADMIN

_ROWS = (
    Rule(A.VERIFY, _ADMIN, TO_BE_VERIFIED, (Status.VERIFIED,),
         "hands to the chosen unit; follow-up and settlement clocks start"),
    Rule(A.AMEND, _ADMIN, WITH_AGENCY, (),
         "changes what verification set, but the handler and the clocks"),
    Rule(A.THROW, _ADMIN, TO_BE_VERIFIED, (Status.UNVERIFIED,),
         "hands to an agency below; the verification clock starts anew there"),
    Rule(A.DEFER, _ADMIN, TO_BE_VERIFIED,
         (Status.AWAITING_INFORMATION, Status.AGENCY_NOT_CONNECTED),
         "asks the reporter, or waits for an agency to connect; the verification clock pauses"),
    Rule(A.COMPLETE_INFORMATION, _REPORTER, _QUESTIONED, (Status.INFORMATION_TO_EVALUATE,),
         "answers the question; the verification clock goes on", (asked_a_question,)),
    Rule(A.CONNECT, _SYSTEM, frozenset({Status.AGENCY_NOT_CONNECTED}), (Status.UNVERIFIED,),
         "the awaited agency has connected; the verification clock goes on"),
    Rule(A.SUCCEED, _SYSTEM, EVERY, (),
         "another agency takes the place of one: as handler, in the chain, copies and requests; "
         "clocks go on"),
    Rule(A.ARCHIVE, _ADMIN, TO_BE_VERIFIED, (Status.ARCHIVED_BY_ADMIN,),
         "files the report away with a category and a note; all clocks end"),
    Rule(A.RESTORE, _ADMIN, _BY_ADMIN, (Status.UNVERIFIED,),
         "takes it out of the archive; a full verification clock starts"),
    Rule(A.WITHDRAW, _REPORTER, TO_BE_VERIFIED, (Status.ARCHIVED_BY_REPORTER,),
         "the reporter takes the report back; all clocks end"),
    Rule(A.FOLLOW_UP, _OFFICER, WITH_AGENCY, (Status.FOLLOWED_UP,),
         "a follow-up proper ends the follow-up clock and settlement and starts auto-close in "
         "full; an initial response ends the follow-up clock, or, where settlement has been met, "
         "starts it anew once for what is owed, and leaves auto-close off"),
    Rule(A.COORDINATE, _OFFICER, OPEN, (),
         "an internal note, perhaps with an assignee"),
    Rule(A.REPLY, _REPORTER, IN_PROCESS, (Status.REPLIED_BY_REPORTER,),
         "ends auto-close and a pending close request; the follow-up clock starts unless it runs"),
    Rule(A.DECLARE_SATISFIED, _REPORTER, IN_PROCESS, (Status.CLOSED_BY_REPORTER,),
         "closes the report, perhaps with a rating"),
    Rule(A.FORWARD, _ADMIN, WITH_AGENCY, (Status.VERIFIED,),
         "hands the duty to follow up to an agency below; follow-up clock anew; "
         "auto-close, hold and all requests end"),
    Rule(A.CHANGE_COPIES, _ADMIN, EVERY, (),
         "sets which agencies read along"),
    Rule(A.HOLD, _ABOVE, IN_PROCESS, (),
         "auto-close pauses, keeping what remains", (not_held,)),
    Rule(A.RELEASE, _ABOVE, IN_PROCESS, (),
         "auto-close goes on with what remained", (is_held,)),
    Rule(A.CLOSE, _ABOVE, IN_PROCESS, (Status.CLOSED_BY_ADMIN,),
         "closes the report with a confirmation"),
    Rule(A.REOPEN, _ABOVE, CLOSED, (Status.FOLLOWED_UP,),
         "the agency owes a further step: the follow-up clock starts"),
    Rule(A.REQUEST_NOT_AUTHORITY, _OFFICER, TO_BE_VERIFIED | {Status.VERIFIED}, (),
         "asks the delegating agency to take the report back; the handler's clocks pause",
         (none_pending(RequestKind.NOT_AUTHORITY),)),
    Rule(A.REQUEST_HOLD, _OFFICER, IN_PROCESS, (),
         "auto-close waits for the decision",
         (not_held, none_pending(RequestKind.HOLD))),
    Rule(A.REQUEST_RELEASE, _OFFICER, IN_PROCESS, (),
         "asks for the release of a held report",
         (is_held, none_pending(RequestKind.RELEASE))),
    Rule(A.REQUEST_CLOSE, _OFFICER, IN_PROCESS, (),
         "asks to close the report", (none_pending(RequestKind.CLOSE),)),
    Rule(A.REQUEST_REOPEN, _OFFICER, CLOSED, (),
         "asks to open the report again", (none_pending(RequestKind.REOPEN),)),
    Rule(A.ACCEPT_REQUEST, _DECIDER, EVERY, (),
         "performs what was asked: hold, release, close or reopen", (some_pending,)),
    Rule(A.REJECT_REQUEST, _DECIDER, EVERY, (),
         "leaves all as it was, with a reason", (some_pending,)),
    Rule(A.WITHDRAW_REQUEST, _OFFICER, EVERY, (),
         "who asked takes the request back", (some_pending,)),
    Rule(A.AUTO_CLOSE, _SYSTEM, frozenset({Status.FOLLOWED_UP}), (Status.CLOSED_BY_SYSTEM,),
         "the days after the last follow-up have run out", (not_held,)),
    Rule(A.OVERDUE, _SYSTEM, EVERY, (),
         "a clock has run out: a mark, and an escalation to the agency above"),
    Rule(A.QUESTION_REMINDER, _SYSTEM, EVERY, (),
         "a question has had no answer in its time: a mark"),
)  # fmt: skip

RULES: dict[A, Rule] = {rule.action: rule for rule in _ROWS}
