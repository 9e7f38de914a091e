"""Which messages staff get for an event: event × audience → template. Pure. Together with `table`,
it is the source of `docs/using/messages.md`, which `make docs` writes."""

from collections.abc import Mapping
from enum import StrEnum

from services.notification.messages.table import Audience, MessageRule
from shared.lifecycle.actions import Classification
from shared.lifecycle.clocks import PROCESS_CLOCKS, ClockKind
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ADMINS, Role


class StaffKind(StrEnum):
    """The kinds of message for which staff choose: at once, in the digest, or no mail."""

    NEW = "new"
    REPLY = "reply"
    OBJECTION = "objection"
    REQUEST = "request"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    DEADLINE = "deadline"
    LATE = "late"
    ESCALATED = "escalated"


class Delivery(StrEnum):
    AT_ONCE = "at_once"
    DIGEST = "digest"
    NONE = "none"


_A, _K = Audience, StaffKind
_OF_PROCESS = {"clock": tuple(sorted(PROCESS_CLOCKS))}
_GRANTING = (
    *("held", "released", "closed", "reopened"),
    *("verified", "thrown", "forwarded", "deferred", "archived"),
)
"""Events that may grant what a member of staff requested."""

DEADLINE_NEAR = MessageRule("deadline_near", _A.HANDLER, "deadline_near", _K.DEADLINE)
"""Not an event of the report: it is found two working days before a stored deadline."""

EMERGENCY = MessageRule("identity_opened", _A.SECOND_PERSON, "emergency", _K.REQUEST)
"""Not an event of the report: routing publishes it (`emergencies.py`)."""

STAFF_TABLE = (
    MessageRule("submitted", _A.HANDLER, "to_verify", _K.NEW),
    MessageRule("thrown", _A.HANDLER, "to_verify", _K.NEW),
    MessageRule("connected", _A.HANDLER, "to_verify", _K.NEW),
    MessageRule("restored", _A.HANDLER, "to_verify_again", _K.NEW),
    MessageRule("verified", _A.HANDLER, "to_follow_up", _K.NEW),
    MessageRule("forwarded", _A.HANDLER, "to_follow_up", _K.NEW),
    MessageRule("reopened", _A.HANDLER, "open_again", _K.NEW),
    MessageRule("information_completed", _A.HANDLER, "information_came", _K.REPLY),
    MessageRule("replied", _A.HANDLER, "reply_came", _K.REPLY),
    MessageRule("objected", _A.DECIDER, "objection_waits", _K.OBJECTION),
    MessageRule("requested", _A.DECIDER, "request_waits", _K.REQUEST),
    MessageRule("coordinated", _A.ASSIGNEE, "assigned", _K.ASSIGNED),
    *(MessageRule(event, _A.ASKER, "request_granted", _K.DECIDED) for event in _GRANTING),
    MessageRule("request_rejected", _A.ASKER, "request_refused", _K.DECIDED),
    DEADLINE_NEAR,
    MessageRule("overdue", _A.HANDLER, "late", _K.LATE, details=_OF_PROCESS),
    MessageRule(
        "overdue", _A.DECIDER, "request_late", _K.LATE, details={"clock": (ClockKind.REQUEST,)}
    ),
    MessageRule("overdue", _A.AGENCY_ABOVE, "escalated", _K.ESCALATED, details=_OF_PROCESS),
    MessageRule("escalated", _A.AGENCY_ABOVE, "escalated", _K.ESCALATED),
    EMERGENCY,
)

STAFF_TEMPLATES = tuple(dict.fromkeys(rule.template for rule in STAFF_TABLE))
_OF_ONE_PERSON = frozenset({_A.ASSIGNEE, _A.ASKER})
FOR_STAND_INS = {
    rule.template: f"{rule.template}_for_absent"
    for rule in STAFF_TABLE
    if rule.audience in _OF_ONE_PERSON
}
"""Where a message speaks to one person of what is theirs, the template that says to their stand-in
whose it is."""

_DIGEST_FOR_ADMINS = frozenset({_K.NEW, _K.REPLY})
_DIGEST_FOR_ALL = frozenset({_K.DEADLINE, _K.LATE})


def staff_messages_of(event: ReportEvent) -> list[MessageRule]:
    """The rules that apply to this event, at most one for each audience."""
    rules: dict[Audience, MessageRule] = {}
    for rule in STAFF_TABLE:
        if rule.audience not in rules and rule.matches(event):
            rules[rule.audience] = rule
    return list(rules.values())


def delivery_of(kind: StaffKind, role: Role, chosen: Mapping[str, str]) -> Delivery:
    """When somebody with this role gets a kind of message: as they chose, otherwise by default. A
    liaison officer has few reports and must answer each. An admin has many, for which the morning's
    list is enough, and decides requests that others wait for."""
    if kind in chosen:
        return Delivery(chosen[kind])
    if kind in _DIGEST_FOR_ALL or (kind in _DIGEST_FOR_ADMINS and role in ADMINS):
        return Delivery.DIGEST
    return Delivery.AT_ONCE


def may_be_at_once(kind: StaffKind, *, priority: bool, classification: str | None) -> bool:
    """Whether staff may be notified at once. An escalation is sent at once only if the report has
    priority or is *berkadar pengawasan*; otherwise it goes into the digest."""
    if kind is not StaffKind.ESCALATED:
        return True
    return priority or classification == Classification.COMPLAINT_WITH_OVERSIGHT
