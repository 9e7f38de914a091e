"""Which reports the public can read, and who can read which history lines and which words.

All pages and interfaces for staff, reporters, partners, the public and agencies in copy ask this
module, and so do the staff's pages that show who else can read something.
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
archived. In other statuses the public can look up only the status, by the report's number."""


def is_public(status: Status, *, secret: bool) -> bool:
    """Whether the public reads the words of a report with this status.

    That includes anonymous reports, since the public never reads whose words they are.
    """
    return not secret and status in PUBLISHED


def visibility_of(action: Action, details: Mapping[str, Any], *, changed: bool) -> Visibility:
    """Who reads the line of a step in the history.

    Changes of status are public. The reporter reads the other steps except internal ones, which
    only staff read. A reporter reads the decision on an objection.
    """
    if changed:
        return Visibility.PUBLIC
    if action is Action.REJECT_REQUEST and _concerns_objection(details):
        return Visibility.REPORTER
    rule = RULES.get(action)
    internal = rule.internal if rule else action is Action.END_REQUEST
    return Visibility.STAFF if internal else Visibility.REPORTER


class Reader(StrEnum):
    """Who reads words beside the staff who handle the report; a partner reads what the reporter
    reads."""

    REPORTER = "reporter"
    PUBLIC = "public"
    COPY = "copy"


READ_BY_ALL: Final = frozenset({Action.FOLLOW_UP, Action.RECTIFY})
"""Words that the public and agencies in copy read once they are published, unless the report is
secret. All other words may name the reporter."""


NOT_FOR_STAFF: Final = frozenset({Action.RATE})
"""What reporters write about a closing afterwards: the handler reads only figures of many reports
together, and words without the report they are about."""

TOLD_IN_COPIES: Final = frozenset(
    {
        *("level", "escalated_to", "rectifies", "brought_by"),
        *("from_handler", "to_handler", "copies", "clock", "refused", "decided_alone", "accepted"),
        *("deferral", "awaited_agency_id", "archive_category", "follow_up_kind", "outcome"),
        *("unmet_reason", "objection_reason", "reason_code"),
        *("request", "request_id", "passed_on", "decider_id", "suggested_agency_id"),
    }
)
"""The only details of a step that an agency in copy reads; details added later are not included."""


def readers_of(
    action: Action, details: Mapping[str, Any], *, secret: bool = False
) -> frozenset[Reader]:
    """Who reads the words of a step beside staff.

    The reporter reads the words of a deferral only if it asks for missing information, and always
    those of a decision on an objection. `action` and `details` are those of the history line, in
    which an accepted request is recorded as the action that it led to.
    """
    if action is Action.DEFER:
        asks = details.get("deferral") == DeferralKind.INCOMPLETE_DATA
        return frozenset({Reader.REPORTER}) if asks else frozenset()
    rule = RULES.get(action)
    reads = (rule is not None and rule.reporter_reads) or _concerns_objection(details)
    readers = {Reader.REPORTER} if reads else set()
    if action in READ_BY_ALL and not secret:
        readers |= {Reader.PUBLIC, Reader.COPY}
    return frozenset(readers)


def _concerns_objection(details: Mapping[str, Any]) -> bool:
    return details.get("request") == RequestKind.OBJECTION
