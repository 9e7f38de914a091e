"""Why pusat reads who an anonymous reporter is, as the reporter is told: the class alone."""

from enum import StrEnum


class RevealReason(StrEnum):
    LAW_ENFORCEMENT = "law_enforcement"
    """What the reporter is told may wait until a date, so that an investigation is not warned."""
    OVERSIGHT = "oversight"
    THREAT_TO_LIFE = "threat_to_life"
    HANDLING = "handling"
    OTHER = "other"
