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
         "hands the report to the chosen unit; the follow-up and settlement clocks start"),
    Rule(A.AMEND, _ADMIN_OR_ABOVE, WITH_AGENCY, (), "amended",
         "changes what verification set, except the handler; no clock changes"),
    Rule(A.THROW, _ADMIN_OR_ABOVE, TO_BE_VERIFIED, (Status.UNVERIFIED,), "thrown",
         "hands the report to an agency below the one that acts; the verification clock starts "
         "anew there"),
    Rule(A.DEFER, _ADMIN_OR_ABOVE, TO_BE_VERIFIED,
         (Status.AWAITING_INFORMATION, Status.AGENCY_NOT_CONNECTED), "deferred",
         "asks the reporter a question, or waits for an agency to connect; the verification clock "
         "pauses"),
    Rule(A.COMPLETE_INFORMATION, _REPORTER_OR_FOR_THEM, _QUESTIONED,
         (Status.INFORMATION_TO_EVALUATE,), "information_completed",
         "answers the question; the verification clock resumes", (asked_a_question,),
         reporter_reads=True),
    Rule(A.CONNECT, _SYSTEM, frozenset({Status.AGENCY_NOT_CONNECTED}), (Status.UNVERIFIED,),
         "connected",
         "the awaited agency has connected; the verification clock resumes"),
    Rule(A.SUCCEED, _SYSTEM, EVERY, (), "succeeded",
         "a successor replaces an agency as handler and in the chain, copies and requests; clocks "
         "continue"),
    Rule(A.ARCHIVE, _ADMIN_OR_ABOVE, TO_BE_VERIFIED, (Status.ARCHIVED_BY_ADMIN,), "archived",
         "archives the report with a category and a note; all clocks end", reporter_reads=True),
    Rule(A.RESTORE, _ADMIN_OR_ABOVE, _BY_ADMIN, (Status.UNVERIFIED,), "restored",
         "takes the report out of the archive; a full verification clock starts"),
    Rule(A.WITHDRAW, _REPORTER, TO_BE_VERIFIED, (Status.ARCHIVED_BY_REPORTER,), "withdrawn",
         "the reporter takes the report back; all clocks end", reporter_reads=True),
    Rule(A.FOLLOW_UP, _HANDLER_STAFF, WITH_AGENCY, (Status.FOLLOWED_UP,), "followed_up",
         "a follow-up proper ends the follow-up and settlement clocks and starts auto-close in "
         "full; an initial response leaves auto-close off and ends the follow-up clock or, if "
         "settlement has been met, starts it anew, once for each step owed", reporter_reads=True),
    Rule(A.RECTIFY, _HANDLER_STAFF | {Capacity.AUTHOR}, EVERY, (), "rectified",
         "hides the words of a follow-up of the own agency from the reporter and the public, who "
         "read the reason; staff still see them, clocks continue", reporter_reads=True),
    Rule(A.COORDINATE, _HANDLER_STAFF, OPEN, (), "coordinated",
         "adds an internal note, optionally with an assignee", internal=True),
    Rule(A.REPLY, _REPORTER_OR_FOR_THEM, IN_PROCESS, (Status.REPLIED_BY_REPORTER,), "replied",
         "ends auto-close and a pending close request; the follow-up clock starts unless it is "
         "running",
         reporter_reads=True),
    Rule(A.DECLARE_SATISFIED, _REPORTER, IN_PROCESS, (Status.CLOSED_BY_REPORTER,), "closed",
         "closes the report, optionally with a rating", reporter_reads=True),
    Rule(A.RATE, _REPORTER, CLOSED, (), "rated",
         "rates the closing, once and within the rating window; nothing else changes",
         (not_rated,), reporter_reads=True),
    Rule(A.OBJECT, _REPORTER, _OBJECTED_TO, (), "objected",
         "asks to open the report again, within the rating window and once for each closing or "
         "archiving",
         (not_objected,), reporter_reads=True),
    Rule(A.FORWARD, _ADMIN_OR_ABOVE, WITH_AGENCY, (Status.VERIFIED,), "forwarded",
         "hands the duty to follow up to an agency below the one that acts; the follow-up clock "
         "starts anew; auto-close, hold and all requests end"),
    Rule(A.CHANGE_COPIES, _ADMIN_OR_ABOVE, EVERY, (), "copies_changed",
         "sets which agencies have a copy", internal=True),
    Rule(A.LINK, _ADMIN_OR_ABOVE, OPEN, (), "linked",
         "links the report to a main report about the same thing, of the same handler or an agency "
         "above it; nothing else changes", internal=True),
    Rule(A.UNLINK, _ADMIN_OR_ABOVE, OPEN, (), "unlinked",
         "unlinks the report from its main report", (is_linked,), internal=True),
    Rule(A.HOLD, _ABOVE, IN_PROCESS, (), "held",
         "auto-close pauses and keeps its remaining time", (not_held,)),
    Rule(A.RELEASE, _ABOVE, IN_PROCESS, (), "released",
         "auto-close resumes with its remaining time", (is_held,)),
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
         "performs the requested action: hold, release, close or reopen; for an objection, reopen "
         "or restore", (some_pending,)),
    Rule(A.REJECT_REQUEST, _DECIDER, EVERY, (), "request_rejected",
         "changes nothing, and gives a reason", (some_pending,), internal=True),
    Rule(A.WITHDRAW_REQUEST, _HANDLER_STAFF, EVERY, (), "request_withdrawn",
         "the person who made the request takes it back", (some_pending,), internal=True),
    Rule(A.AUTO_CLOSE, _SYSTEM, frozenset({Status.FOLLOWED_UP}), (Status.CLOSED_BY_SYSTEM,),
         "closed",
         "the days after the last follow-up have run out", (not_held,)),
    Rule(A.CLOSING_NOTICE, _SYSTEM, frozenset({Status.FOLLOWED_UP}), (), "closing_soon",
         "the reporter is notified some days before auto-close"),
    Rule(A.OVERDUE, _SYSTEM, EVERY, (), "overdue",
         "a clock has run out: the report is marked and escalated to the agency above"),
    Rule(A.ESCALATE, _SYSTEM, OPEN, (), "escalated",
         "while the report is late, it is escalated one level higher, up to pusat"),
    Rule(A.QUESTION_REMINDER, _SYSTEM, EVERY, (), "question_reminder",
         "a question was not answered in time: the report is marked"),
)  # fmt: skip

RULES: dict[A, Rule] = {rule.action: rule for rule in _ROWS}
