"""Who reads which line of the history, and which words: the one place that says so.

What staff, reporters, partners, the public and agencies in copy are shown, and what the staff's
pages say of who else reads it, all ask here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.decision import Visibility
from shared.lifecycle.rules import RULES


def visibility_of(action: Action, *, changed: bool) -> Visibility:
    """A change of status is public; other steps are the reporter's, internal ones the staff's."""
    if changed:
        return Visibility.PUBLIC
    rule = RULES.get(action)
    internal = rule.internal if rule else action is Action.END_REQUEST
    return Visibility.STAFF if internal else Visibility.REPORTER


class Reader(StrEnum):
    """Who reads words beside the staff that have the report; a partner reads as the reporter."""

    REPORTER = "reporter"
    PUBLIC = "public"
    COPY = "copy"


READ_BY_ALL: Final = frozenset({Action.FOLLOW_UP})
"""Once published, unless secret: by the public, and in copies. All else may name the reporter."""


NOT_FOR_STAFF: Final = frozenset({Action.RATE})
"""What reporters say of a closing once it is over: its handler reads figures of many together, and
words without the report they are about."""

TOLD_IN_COPIES: Final = frozenset(
    {
        *("from_handler", "to_handler", "copies", "clock", "refused", "decided_alone", "accepted"),
        *("deferral", "awaited_agency_id", "archive_category", "follow_up_kind", "outcome"),
        *("unmet_reason", "reason_code"),
        *("request", "request_id", "passed_on", "decider_id", "suggested_agency_id"),
    }
)
"""The details of a step that an agency in copy reads: no other, whatever steps will have."""


def readers_of(
    action: Action, details: Mapping[str, Any], *, secret: bool = False
) -> frozenset[Reader]:
    """Who reads the words of a step beside staff. Those of a deferral are the reporter's only where
    it asks for what is missing. `action` and `details` are of its line in the history, where an
    accepted request stands as what it performed."""
    if action is Action.DEFER:
        asks = details.get("deferral") == DeferralKind.INCOMPLETE_DATA
        return frozenset({Reader.REPORTER}) if asks else frozenset()
    rule = RULES.get(action)
    readers = {Reader.REPORTER} if rule and rule.reporter_reads else set()
    if action in READ_BY_ALL and not secret:
        readers |= {Reader.PUBLIC, Reader.COPY}
    return frozenset(readers)
