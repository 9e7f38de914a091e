"""The outcome of a follow-up, in words."""

from collections.abc import Mapping
from typing import Any

from shared.labels import label


def outcome_of(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The outcome of a follow-up and why it is unmet, each with its label; None where not stated.
    `row` holds `outcome` and `unmet_reason`: a message, or the details of a step."""
    outcome, reason = row.get("outcome"), row.get("unmet_reason")
    return {
        "outcome": outcome,
        "outcome_label": label("outcome", outcome) if outcome else None,
        "unmet_reason": reason,
        "unmet_reason_label": label("unmet_reason", reason) if reason else None,
    }
