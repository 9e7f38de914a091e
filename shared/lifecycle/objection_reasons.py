"""Why a report may be asked to be opened again, by how it ended."""

from shared.lifecycle.actions import ObjectionReason
from shared.lifecycle.statuses import CLOSED, Status


def objection_reasons(status: Status | str) -> list[ObjectionReason]:
    """Those that can hold: what was closed was not wrongly archived."""
    closed = status in CLOSED
    return [
        reason
        for reason in ObjectionReason
        if not closed or reason is not ObjectionReason.WRONGLY_ARCHIVED
    ]
