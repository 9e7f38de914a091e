"""The reasons for which a reporter may ask to reopen a report, by how it ended."""

from shared.lifecycle.actions import ObjectionReason
from shared.lifecycle.statuses import CLOSED, Status


def objection_reasons(status: Status | str) -> list[ObjectionReason]:
    """The reasons that can apply: a report that was closed was not wrongly archived."""
    closed = status in CLOSED
    return [
        reason
        for reason in ObjectionReason
        if not closed or reason is not ObjectionReason.WRONGLY_ARCHIVED
    ]
