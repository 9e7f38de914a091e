"""Which reports the public reads; who reads which line of the history, and which words.

What staff, reporters, partners, the public and agencies in copy are shown, and what the staff's
pages say of who else reads it, all ask here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from shared.lifecycle.actions import Action, DeferralKind, RequestKind
from shared.lifecycle.decision import Visibility
from shared.lifecycle.rules import RULES
from shared.lifecycle.statuses import CLOSED, WITH_AGENCY, Status

PUBLISHED: Final = WITH_AGENCY | CLOSED
"""The statuses in which the public reads the words of a report that is not secret: verified and not
archived. Before and after, by its number, the status alone."""


def is_public(status: Status, *, secret: bool) -> bool:
    """Whether the public reads the words of a report that was verified. Anonymous ones too: it does
    not read whose they are."""
    return not secret and status in PUBLISHED


def visibility_of(action: Action, details: Mapping[str, Any], *, changed: bool) -> Visibility:
    """The public reads changes of status. Other steps are read by the reporter, internal ones by
    staff alone; the decision on an objection its reporter reads."""
    if changed:
        return Visibility.PUBLIC
    if action is Action.REJECT_REQUEST and _on_an_objection(details):
        return Visibility.REPORTER
    rule = RULES.get(action)
    internal = rule.internal if rule else action is Action.END_REQUEST
    return Visibility.STAFF if internal else Visibility.REPORTER


class Reader(StrEnum):
    """Who reads words beside the staff that have the report; a partner reads as the reporter."""

    REPORTER = "reporter"
    PUBLIC = "public"
    COPY = "copy"


READ_BY_ALL: Final = frozenset({Action.FOLLOW_UP, Action.RECTIFY})
"""Once published, unless secret: by the public, and in copies. All else may name the reporter."""


NOT_FOR_STAFF: Final = frozenset({Action.RATE})
"""What reporters say of a closing once it is over: its handler reads figures of many together, and
words without the report they are about."""

TOLD_IN_COPIES: Final = frozenset(
    {
        *("level", "escalated_to", "rectifies", "brought_by"),
        *("from_handler", "to_handler", "copies", "clock", "refused", "decided_alone", "accepted"),
        *("deferral", "awaited_agency_id", "archive_category", "follow_up_kind", "outcome"),
        *("unmet_reason", "objection_reason", "reason_code"),
        *("request", "request_id", "passed_on", "decider_id", "suggested_agency_id"),
    }
)
"""The details of a step that an agency in copy reads: no other, whatever steps will have."""


def readers_of(
    action: Action, details: Mapping[str, Any], *, secret: bool = False
) -> frozenset[Reader]:
    """Who reads the words of a step beside staff. Those of a deferral are the reporter's only where
    it asks for what is missing; those of a decision on an objection are. `action` and `details` are
    of its line in the history, where an accepted request stands as what it performed."""
    if action is Action.DEFER:
        asks = details.get("deferral") == DeferralKind.INCOMPLETE_DATA
        return frozenset({Reader.REPORTER}) if asks else frozenset()
    rule = RULES.get(action)
    reads = (rule is not None and rule.reporter_reads) or _on_an_objection(details)
    readers = {Reader.REPORTER} if reads else set()
    if action in READ_BY_ALL and not secret:
        readers |= {Reader.PUBLIC, Reader.COPY}
    return frozenset(readers)


def _on_an_objection(details: Mapping[str, Any]) -> bool:
    return details.get("request") == RequestKind.OBJECTION
