"""How long each clock runs, and in what kind of days: versioned data, national or an agency's."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field, model_validator

from shared.lifecycle.actions import Classification


class ClockKind(StrEnum):
    """What has a length.

    Auto-close ends by closing the report, other clocks by a mark or an event. The closing notice
    goes with auto-close; its length is the time before the end of auto-close. Two are not running
    clocks: `rating` is how long after a closing the reporter may rate, a date stored at the
    closing; `proof` is how long a contact counts as proven, since phone numbers pass to other
    owners.
    """

    VERIFICATION = "verification"
    FOLLOW_UP = "follow_up"
    SETTLEMENT = "settlement"
    AUTO_CLOSE = "auto_close"
    REQUEST = "request"
    QUESTION = "question"
    CLOSING_NOTICE = "closing_notice"
    ESCALATION = "escalation"
    RATING = "rating"
    PROOF = "proof"


class Unit(StrEnum):
    """The kind of time that a clock counts. Seconds are for a trial policy."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    SECONDS = "seconds"


class Length(BaseModel, frozen=True):
    """An amount of a unit, at least one."""

    amount: int = Field(gt=0)
    unit: Unit

    @property
    def duration(self) -> timedelta:
        """The amount as a duration; a day of either kind is 24 hours."""
        if self.unit is Unit.SECONDS:
            return timedelta(seconds=self.amount)
        return timedelta(days=self.amount)


class Policy(BaseModel, frozen=True):
    """The lengths in force. A running clock keeps the version with which it was started.

    `settlement` has a length for every classification.
    """

    version: int
    verification: Length
    follow_up: Length
    auto_close: Length
    request: Length
    question: Length
    closing_notice: Length
    escalation: Length
    rating: Length
    proof: Length
    """Set only for the whole nation, because an account belongs to no agency."""
    settlement: dict[Classification, Length]

    @model_validator(mode="after")
    def _settles_every_classification(self) -> Self:
        missing = set(Classification) - self.settlement.keys()
        if missing:
            raise ValueError(f"no settlement length for {', '.join(sorted(missing))}")
        return self

    def length(self, kind: ClockKind, classification: str | None) -> Length:
        """How long a clock of this kind runs. Only settlement depends on the classification.

        A report not yet classified counts as an unrefined complaint. An unknown classification
        raises `ValueError`.
        """
        match kind:
            case ClockKind.VERIFICATION:
                return self.verification
            case ClockKind.FOLLOW_UP:
                return self.follow_up
            case ClockKind.AUTO_CLOSE:
                return self.auto_close
            case ClockKind.REQUEST:
                return self.request
            case ClockKind.QUESTION:
                return self.question
            case ClockKind.CLOSING_NOTICE:
                return self.closing_notice
            case ClockKind.ESCALATION:
                return self.escalation
            case ClockKind.RATING:
                return self.rating
            case ClockKind.PROOF:
                return self.proof
            case ClockKind.SETTLEMENT:
                return self.settlement[Classification(classification or Classification.COMPLAINT)]


def _working_days(amount: int) -> Length:
    return Length(amount=amount, unit=Unit.WORKING_DAYS)


# Inserted into an empty database (`deploy/foundation.py`), where pusat edits it. Lengths that a
# later national version does not set are taken from here (`shared/database/policy_in_force.py`).
NATIONAL_DEFAULT = Policy(
    version=1,
    verification=_working_days(3),
    follow_up=_working_days(5),
    auto_close=_working_days(10),
    request=_working_days(3),
    question=_working_days(10),
    closing_notice=_working_days(3),
    escalation=_working_days(5),
    rating=Length(amount=30, unit=Unit.CALENDAR_DAYS),
    proof=Length(amount=365, unit=Unit.CALENDAR_DAYS),
    settlement={
        Classification.INFORMATION: _working_days(5),
        Classification.ASPIRATION: _working_days(5),
        Classification.COMPLAINT: _working_days(14),
        Classification.COMPLAINT_WITHOUT_OVERSIGHT: _working_days(14),
        Classification.COMPLAINT_WITH_OVERSIGHT: _working_days(60),
    },
)

PROOF_LASTS = NATIONAL_DEFAULT.proof.duration
"""For code that does not read the policy."""
