"""Why pusat reads the identity of an anonymous reporter; the reporter learns only this class."""

from enum import StrEnum


class RevealReason(StrEnum):
    LAW_ENFORCEMENT = "law_enforcement"
    """The notice to the reporter may wait until a date, so that an investigation is not
    betrayed."""
    OVERSIGHT = "oversight"
    THREAT_TO_LIFE = "threat_to_life"
    HANDLING = "handling"
    OTHER = "other"
