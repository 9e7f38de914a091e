"""Which messages reporters get for an event: event × audience → template. Pure. This is decided
only here; `staff_table` does the same for staff.

`docs/using/messages.md` is made from it by `make docs`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.lifecycle.events import ReportEvent
from shared.lifecycle.statuses import Status


class Audience(StrEnum):
    """Who gets a message. `HANDLER`: the people who owe the next step. `ASKER`: the person whose
    request was decided. `SECOND_PERSON`: the others of pusat, one of whom has to confirm."""

    REPORTER = "reporter"
    HANDLER = "handler"
    DECIDER = "decider"
    ASSIGNEE = "assignee"
    ASKER = "asker"
    AGENCY_ABOVE = "agency_above"
    SECOND_PERSON = "second_person"


class MessageKind(StrEnum):
    """The kinds of message that a reporter can switch off."""

    QUESTION = "question"
    PROGRESS = "progress"
    LATENESS = "lateness"
    OUTCOME = "outcome"
    IDENTITY = "identity"


@dataclass(frozen=True)
class MessageRule:
    """A rule: an event sends this template to an audience. If statuses or details are given, the
    event must have them."""

    event: str
    audience: Audience
    template: str
    kind: StrEnum
    statuses: frozenset[Status] | None = None
    details: Mapping[str, Collection[str]] = field(default_factory=dict)

    def matches(self, event: ReportEvent) -> bool:
        if event.event != self.event:
            return False
        if self.statuses is not None and event.status not in self.statuses:
            return False
        return all(event.details.get(name) in values for name, values in self.details.items())


_R, _K, _S = Audience.REPORTER, MessageKind, Status
_OF_OBJECTION = {"request": ("objection",)}
_OF_PROCESS = {"clock": ("verification", "follow_up", "settlement")}


def _in(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


MESSAGE_TABLE = (
    MessageRule("submitted", _R, "accepted", _K.PROGRESS),
    MessageRule("deferred", _R, "question", _K.QUESTION, _in(_S.AWAITING_INFORMATION)),
    MessageRule("question_reminder", _R, "question_reminder", _K.QUESTION),
    MessageRule("verified", _R, "verified", _K.PROGRESS),
    MessageRule("thrown", _R, "handed_on", _K.PROGRESS),
    MessageRule("forwarded", _R, "handed_on", _K.PROGRESS),
    MessageRule("followed_up", _R, "followed_up", _K.PROGRESS),
    MessageRule("rectified", _R, "rectified", _K.PROGRESS),
    MessageRule("overdue", _R, "overdue", _K.LATENESS, details=_OF_PROCESS),
    MessageRule("closing_soon", _R, "closing_soon", _K.OUTCOME),
    MessageRule("closed", _R, "closed_by_system", _K.OUTCOME, _in(_S.CLOSED_BY_SYSTEM)),
    MessageRule("closed", _R, "closed_by_admin", _K.OUTCOME, _in(_S.CLOSED_BY_ADMIN)),
    MessageRule("archived", _R, "archived", _K.OUTCOME),
    MessageRule("reopened", _R, "objection_accepted", _K.OUTCOME, details=_OF_OBJECTION),
    MessageRule("reopened", _R, "reopened", _K.OUTCOME),
    MessageRule("restored", _R, "objection_accepted", _K.OUTCOME, details=_OF_OBJECTION),
    MessageRule("restored", _R, "reopened", _K.OUTCOME),
    MessageRule("objection_rejected", _R, "objection_refused", _K.OUTCOME),
)
"""For each audience, the first rule that matches an event is used. Reporters get no message about
their own actions (withdraw, reply, declare satisfied)."""

REVEALED = MessageRule("identity_revealed", _R, "revealed", _K.IDENTITY)
"""Not an event on the bus: it comes from routing's notices (`reveal_notices.py`)."""

NAMES_RECOURSE = ("closed_by_system", "closed_by_admin", "archived", "objection_refused")
"""For these, the report's page names other offices that the reporter can turn to, if any."""

QUESTIONS = ("question", "question_reminder")
_BESIDE = (*QUESTIONS, "rectified", "overdue")
OF_WHERE_IT_STANDS = tuple(
    dict.fromkeys(rule.template for rule in MESSAGE_TABLE if rule.template not in _BESIDE)
)
"""Each of these says what status the report has, so the last one is enough. The others do not: a
follow-up that was taken back, or a late agency, does not tell whether the report was answered or
closed."""

TEMPLATES = tuple(dict.fromkeys(rule.template for rule in (*MESSAGE_TABLE, REVEALED)))


def messages_of(event: ReportEvent) -> list[MessageRule]:
    """The rules that apply to this event, at most one for each audience."""
    rules: dict[Audience, MessageRule] = {}
    for rule in MESSAGE_TABLE:
        if rule.audience not in rules and rule.matches(event):
            rules[rule.audience] = rule
    return list(rules.values())


def facts_of(event: ReportEvent) -> dict[str, Any]:
    """The facts stored with a message: ids and times, but no words and no person."""
    return {
        "handler_id": event.handler_id,
        "at": event.at.isoformat(),
        "due_at": _moment(event.due_at),
        "auto_close_at": _moment(event.auto_close_at),
        "from_status": event.from_status,
    }


def facts_for_reporter(event: ReportEvent, question_until: str | None) -> dict[str, Any]:
    """The facts for the reporter: those of `facts_of` and three more. They say until when the
    reporter may answer a question, until when they may rate a closing and object to it, and for
    what it was archived. The last decides which offices are named."""
    return facts_of(event) | {
        "question_until": question_until,
        "rating_until": _moment(event.rating_until),
        "archive_category": event.details.get("archive_category"),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
