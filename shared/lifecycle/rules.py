"""The transition table: who may do what in which status, and what it leads to.

`authority.py` defines who has which capacity, `people.py` which roles are admins, and
`shared/command_requests/delegation.py` to whom a report may be handed.

All code that needs to know asks this table: the workflow and its validators, the services'
`allowed_actions`, the panel's buttons and forms, the names of events, the readers of words
(`visibility.py`, with an exception for deferrals), and the table of actions in the documentation.
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
"""Checks a state; returns the refusal code, or None if nothing is against the action."""


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Without `targets` the status stays as it is. `event` is the name in the stream; an accepted
    request is published under the event of the action that it performs. `internal`: if the status
    stays, only staff read of the step, and partner systems are not notified. `reporter_reads`: the
    reporter too reads the words written with it.
    """

    action: A
    who: frozenset[Capacity]
    sources: frozenset[Status]
    targets: tuple[Status, ...]
    event: str | None
    effect: str
    conditions: tuple[Condition, ...] = field(default=())
    internal: bool = False
    reporter_reads: bool = False


def not_held(state: ReportState) -> str | None:
    return "already_held" if state.held else None


def is_held(state: ReportState) -> str | None:
    return None if state.held else "not_held"


def is_linked(state: ReportState) -> str | None:
    return None if state.main_number else "not_linked"


def asked_a_question(state: ReportState) -> str | None:
    evaluating = state.status is Status.INFORMATION_TO_EVALUATE
    return None if state.question_open or evaluating else "no_question_open"


def not_rated(state: ReportState) -> str | None:
    return "already_rated" if state.rated else None


def not_objected(state: ReportState) -> str | None:
    return "already_objected" if state.objected else None


def none_pending(kind: RequestKind) -> Condition:
    def condition(state: ReportState) -> str | None:
        return "request_already_pending" if state.pending(kind) else None

    return condition


def some_pending(state: ReportState) -> str | None:
    return None if state.requests else "no_such_request"


_REPORTER = frozenset({Capacity.REPORTER})
_HANDLER_STAFF = frozenset({Capacity.HANDLER_STAFF})
# Staff record a visit, a call or a letter of a reporter who has no phone or mail.
_REPORTER_OR_FOR_THEM = _REPORTER | _HANDLER_STAFF
_ADMIN_OR_ABOVE = frozenset({Capacity.HANDLER_ADMIN_OR_ABOVE})
_ABOVE = frozenset({Capacity.ADMIN_ABOVE, Capacity.OPERATOR})
_DECIDER = frozenset({Capacity.DECIDER})
_SYSTEM = frozenset({Capacity.SYSTEM})
_BY_ADMIN = frozenset({Status.ARCHIVED_BY_ADMIN})
_OBJECTED_TO = frozenset({Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN}) | _BY_ADMIN
_QUESTIONED = OPEN | _BY_ADMIN

_ROWS = (
    Rule(A.VERIFY, _ADMIN_OR_ABOVE, TO_BE_VERIFIED, (Status.VERIFIED,), "verified",
         "hands to the chosen unit; follow-up and settlement clocks start"),
    Rule(A.AMEND, _ADMIN_OR_ABOVE, WITH_AGENCY, (), "amended",
         "changes what verification set, but the handler and the clocks"),
    Rule(A.THROW, _ADMIN_OR_ABOVE, TO_BE_VERIFIED, (Status.UNVERIFIED,), "thrown",
         "hands to an agency below the one who acts; the verification clock starts anew there"),
    Rule(A.DEFER, _ADMIN_OR_ABOVE, TO_BE_VERIFIED,
         (Status.AWAITING_INFORMATION, Status.AGENCY_NOT_CONNECTED), "deferred",
         "asks the reporter, or waits for an agency to connect; the verification clock pauses"),
    Rule(A.COMPLETE_INFORMATION, _REPORTER_OR_FOR_THEM, _QUESTIONED,
         (Status.INFORMATION_TO_EVALUATE,), "information_completed",
         "answers the question; the verification clock goes on", (asked_a_question,),
         reporter_reads=True),
    Rule(A.CONNECT, _SYSTEM, frozenset({Status.AGENCY_NOT_CONNECTED}), (Status.UNVERIFIED,),
         "connected",
         "the awaited agency has connected; the verification clock goes on"),
    Rule(A.SUCCEED, _SYSTEM, EVERY, (), "succeeded",
         "another agency takes the place of one: as handler, in the chain, copies and requests; "
         "clocks go on"),
    Rule(A.ARCHIVE, _ADMIN_OR_ABOVE, TO_BE_VERIFIED, (Status.ARCHIVED_BY_ADMIN,), "archived",
         "files the report away with a category and a note; all clocks end", reporter_reads=True),
    Rule(A.RESTORE, _ADMIN_OR_ABOVE, _BY_ADMIN, (Status.UNVERIFIED,), "restored",
         "takes it out of the archive; a full verification clock starts"),
    Rule(A.WITHDRAW, _REPORTER, TO_BE_VERIFIED, (Status.ARCHIVED_BY_REPORTER,), "withdrawn",
         "the reporter takes the report back; all clocks end", reporter_reads=True),
    Rule(A.FOLLOW_UP, _HANDLER_STAFF, WITH_AGENCY, (Status.FOLLOWED_UP,), "followed_up",
         "a follow-up proper ends the follow-up clock and settlement and starts auto-close in "
         "full; an initial response ends the follow-up clock, or, where settlement has been met, "
         "starts it anew once for what is owed, and leaves auto-close off", reporter_reads=True),
    Rule(A.RECTIFY, _HANDLER_STAFF | {Capacity.AUTHOR}, EVERY, (), "rectified",
         "takes the words of a follow-up of the own agency out of the reporter's and the public's "
         "view, with a reason that they read; staff keep them, clocks go on", reporter_reads=True),
    Rule(A.COORDINATE, _HANDLER_STAFF, OPEN, (), "coordinated",
         "an internal note, perhaps with an assignee", internal=True),
    Rule(A.REPLY, _REPORTER_OR_FOR_THEM, IN_PROCESS, (Status.REPLIED_BY_REPORTER,), "replied",
         "ends auto-close and a pending close request; the follow-up clock starts unless it runs",
         reporter_reads=True),
    Rule(A.DECLARE_SATISFIED, _REPORTER, IN_PROCESS, (Status.CLOSED_BY_REPORTER,), "closed",
         "closes the report, perhaps with a rating", reporter_reads=True),
    Rule(A.RATE, _REPORTER, CLOSED, (), "rated",
         "rates the closing, within the rating window and once; nothing else changes",
         (not_rated,), reporter_reads=True),
    Rule(A.OBJECT, _REPORTER, _OBJECTED_TO, (), "objected",
         "asks to open the report again, within the rating window and once a closing or archiving",
         (not_objected,), reporter_reads=True),
    Rule(A.FORWARD, _ADMIN_OR_ABOVE, WITH_AGENCY, (Status.VERIFIED,), "forwarded",
         "hands the duty to follow up to an agency below the one who acts; follow-up clock anew; "
         "auto-close, hold and all requests end"),
    Rule(A.CHANGE_COPIES, _ADMIN_OR_ABOVE, EVERY, (), "copies_changed",
         "sets which agencies read along", internal=True),
    Rule(A.LINK, _ADMIN_OR_ABOVE, OPEN, (), "linked",
         "ties it to a main report about the same thing, of the same handler or one above; "
         "nothing else changes", internal=True),
    Rule(A.UNLINK, _ADMIN_OR_ABOVE, OPEN, (), "unlinked",
         "unties it from its main report", (is_linked,), internal=True),
    Rule(A.HOLD, _ABOVE, IN_PROCESS, (), "held",
         "auto-close pauses, keeping what remains", (not_held,)),
    Rule(A.RELEASE, _ABOVE, IN_PROCESS, (), "released",
         "auto-close goes on with what remained", (is_held,)),
    Rule(A.CLOSE, _ABOVE, IN_PROCESS, (Status.CLOSED_BY_ADMIN,), "closed",
         "closes the report with a confirmation", reporter_reads=True),
    Rule(A.REOPEN, _ABOVE, CLOSED, (Status.FOLLOWED_UP,), "reopened",
         "the agency owes a further step: the follow-up clock starts", reporter_reads=True),
    Rule(A.REQUEST_NOT_AUTHORITY, _HANDLER_STAFF, TO_BE_VERIFIED | {Status.VERIFIED}, (),
         "requested",
         "asks the delegating agency to take the report back; the handler's clocks pause",
         (none_pending(RequestKind.NOT_AUTHORITY),), internal=True),
    Rule(A.REQUEST_HOLD, _HANDLER_STAFF, IN_PROCESS, (), "requested",
         "auto-close waits for the decision",
         (not_held, none_pending(RequestKind.HOLD)), internal=True),
    Rule(A.REQUEST_RELEASE, _HANDLER_STAFF, IN_PROCESS, (), "requested",
         "asks for the release of a held report",
         (is_held, none_pending(RequestKind.RELEASE)), internal=True),
    Rule(A.REQUEST_CLOSE, _HANDLER_STAFF, IN_PROCESS, (), "requested",
         "asks to close the report", (none_pending(RequestKind.CLOSE),), internal=True),
    Rule(A.REQUEST_REOPEN, _HANDLER_STAFF, CLOSED, (), "requested",
         "asks to open the report again", (none_pending(RequestKind.REOPEN),), internal=True),
    Rule(A.ACCEPT_REQUEST, _DECIDER | {Capacity.OBJECTION_GRANTER}, EVERY, (), None,
         "performs what was asked: hold, release, close or reopen; of an objection reopen or "
         "restore", (some_pending,)),
    Rule(A.REJECT_REQUEST, _DECIDER, EVERY, (), "request_rejected",
         "leaves all as it was, with a reason", (some_pending,), internal=True),
    Rule(A.WITHDRAW_REQUEST, _HANDLER_STAFF, EVERY, (), "request_withdrawn",
         "who asked takes the request back", (some_pending,), internal=True),
    Rule(A.AUTO_CLOSE, _SYSTEM, frozenset({Status.FOLLOWED_UP}), (Status.CLOSED_BY_SYSTEM,),
         "closed",
         "the days after the last follow-up have run out", (not_held,)),
    Rule(A.CLOSING_NOTICE, _SYSTEM, frozenset({Status.FOLLOWED_UP}), (), "closing_soon",
         "some days before auto-close ends the report: the reporter is told"),
    Rule(A.OVERDUE, _SYSTEM, EVERY, (), "overdue",
         "a clock has run out: a mark, and an escalation to the agency above"),
    Rule(A.ESCALATE, _SYSTEM, OPEN, (), "escalated",
         "while it is late: put before the agency one level higher, up to pusat"),
    Rule(A.QUESTION_REMINDER, _SYSTEM, EVERY, (), "question_reminder",
         "a question has had no answer in its time: a mark"),
)  # fmt: skip

RULES: dict[A, Rule] = {rule.action: rule for rule in _ROWS}
