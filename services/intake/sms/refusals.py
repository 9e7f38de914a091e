"""Answers to wishes by SMS that a report does not accept. They say why, and what the reporter can
do instead. A wish that needs a code is refused before the code is sent. Pure."""

from datetime import datetime
from typing import Final, Literal

from services.intake.sms.messages import ANSWER_LIMIT, Answer
from shared.labels.catalogue import INDONESIAN, Phrase
from shared.labels.dates import short_due_day
from shared.lifecycle.actions import Action, ObjectionReason, RequestKind
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import refusal
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.objection_reasons import objection_reasons
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import IN_PROCESS, TO_BE_VERIFIED, WITH_AGENCY, Status
from shared.values.gsm import septets

Reason = Literal[
    "being_verified",
    "not_answered",
    "not_ended",
    "closed",
    "closed_by_reporter",
    "archived",
    "withdrawn",
    "rated_before",
    "objection_waits",
    "objection_waits_until",
    "objection_refused",
    "window_over",
    "not_archived",
]
Waiting = Literal["objected", "objected_until", "words_wait", "words_wait_until"]
Instead = Literal[
    "asked", "answered", "reply_or_close", "reply", "rate", "object", "new", "elsewhere"
]

ACTIONS: Final = {
    "satisfied": Action.DECLARE_SATISFIED,
    "rate": Action.RATE,
    "object": Action.OBJECT,
}
"""The action of each wish that is confirmed by a code."""


def refusal_answer(
    action: Action,
    state: ReportState,
    at: datetime,
    office: str | None = None,
    why_opened: ObjectionReason | None = None,
) -> str | None:
    """The answer that refuses this action, or None if the report accepts it. `why_opened`: the
    reason of a request to open it again, which may not apply. `office`: named if the report is not
    opened again and the text fits into one message."""
    code = _refusal(state, action, at)
    if code is None:
        if why_opened is None or why_opened in objection_reasons(state.status):
            return None
        instead = _text("sms_instead", "object", state)
        return f"{_text('sms_refused', 'not_archived', state)} {instead}"
    if action is Action.OBJECT and (waits := objection_waits(state, at)):
        return waits
    reason = _reason(code, state)
    why = _text("sms_refused", reason, state)
    advice = [_text("sms_instead", each, state) for each in _alternatives(action, state, at)]
    if office and reason in _NOT_OPENED:
        elsewhere = _text("sms_instead", "elsewhere", state, office=office)
        longest_first = (" ".join([why, *more, elsewhere]) for more in (advice, ()))
        fits = (text for text in longest_first if septets(text) <= ANSWER_LIMIT)
        if text := next(fits, None):
            return text
    return " ".join([why, *advice])


def objection_waits(state: ReportState, at: datetime) -> str | None:
    """The answer if a request to open the report again waits, with its deadline; None if none
    does."""
    if state.pending(RequestKind.OBJECTION) is None:
        return None
    return _waiting("sms_refused", "objection_waits", state, at)


def objection_answer(state: ReportState, at: datetime) -> str:
    """The answer to a request to open the report again, with its deadline if it already waits."""
    return _waiting("sms_waiting", "objected", state, at)


def words_wait(state: ReportState, at: datetime) -> str | None:
    """The answer to words while a request to open the report again waits; None if none does."""
    if state.pending(RequestKind.OBJECTION) is None:
        return None
    return _waiting("sms_waiting", "words_wait", state, at)


def is_requested(state: ReportState) -> bool:
    """Whether words from the reporter are the requested information."""
    return state.question_open or state.status is Status.INFORMATION_TO_EVALUATE


def words_refused(state: ReportState, at: datetime) -> Answer:
    """The answer to words that the report does not accept."""
    if _refusal(state, Action.OBJECT, at) is None:
        return "may_be_reopened"
    if state.status in TO_BE_VERIFIED:
        return "being_verified"
    return "with_agency" if state.status in WITH_AGENCY else "ended"


def _reason(code: str, state: ReportState) -> Reason:
    match code:
        case "window_over":
            return "window_over"
        case "already_rated":
            return "rated_before"
        case "already_objected":
            return "objection_refused"
    if state.status in TO_BE_VERIFIED:
        return "being_verified"
    if state.status in IN_PROCESS:
        return "not_ended"
    return _BY_STATUS.get(state.status, "closed")


def _alternatives(action: Action, state: ReportState, at: datetime) -> list[Instead]:
    if state.status in TO_BE_VERIFIED:
        return ["asked"]
    if state.status is Status.VERIFIED:
        return ["answered"]
    if state.status in IN_PROCESS:
        return ["reply_or_close" if action is Action.RATE else "reply"]
    possible: list[Instead] = []
    if action is Action.DECLARE_SATISFIED and _refusal(state, Action.RATE, at) is None:
        possible.append("rate")
    if _refusal(state, Action.OBJECT, at) is None:
        possible.append("object")
    return possible or ["new"]


def _refusal(state: ReportState, action: Action, at: datetime) -> str | None:
    return refusal(state, action, {Capacity.REPORTER}, at)


def _waiting(context: str, code: str, state: ReportState, at: datetime) -> str:
    """The text, with the deadline of the objection if it is known and not over."""
    request = state.pending(RequestKind.OBJECTION)
    clock = state.clock(ClockKind.REQUEST, str(request.id)) if request else None
    if clock is None or clock.deadline is None or clock.deadline < at:
        return _text(context, code, state)
    until = short_due_day(clock.deadline, state.zone)
    return _text(context, f"{code}_until", state, until=until)


def _text(context: str, code: str, state: ReportState, **values: str) -> str:
    return Phrase(context, code, {"number": state.number, **values}).in_language(INDONESIAN)


_NOT_OPENED: Final[frozenset[Reason]] = frozenset({"objection_refused", "window_over"})
_BY_STATUS: Final[dict[Status, Reason]] = {
    Status.VERIFIED: "not_answered",
    Status.CLOSED_BY_REPORTER: "closed_by_reporter",
    Status.ARCHIVED_BY_ADMIN: "archived",
    Status.ARCHIVED_BY_REPORTER: "withdrawn",
}
