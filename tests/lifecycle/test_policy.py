"""How long clocks run when nobody overrides it, and what a policy must name."""

import pytest
from pydantic import ValidationError

from shared.lifecycle.actions import Classification
from shared.lifecycle.clocks import PROCESS_CLOCKS, ClockKind
from shared.lifecycle.policy import NATIONAL_DEFAULT, Length, Policy, Unit


def working_days(kind: ClockKind, classification: str | None = None) -> int:
    length = NATIONAL_DEFAULT.length(kind, classification)
    assert length.unit is Unit.WORKING_DAYS
    return length.amount


def test_the_national_policy_has_a_length_for_every_clock() -> None:
    assert NATIONAL_DEFAULT.rating == Length(amount=30, unit=Unit.CALENDAR_DAYS)
    assert NATIONAL_DEFAULT.proof == Length(amount=365, unit=Unit.CALENDAR_DAYS)
    others = set(ClockKind) - {ClockKind.RATING, ClockKind.PROOF}
    assert {kind.value: working_days(kind) for kind in others} == {
        "verification": 3,
        "follow_up": 5,
        "settlement": 14,
        "auto_close": 10,
        "request": 3,
        "question": 10,
        "closing_notice": 3,
        "escalation": 5,
    }
    assert {"verification", "follow_up", "settlement"} == PROCESS_CLOCKS


def test_settlement_depends_on_the_classification() -> None:
    codes = Classification
    assert {code.value: working_days(ClockKind.SETTLEMENT, code.value) for code in codes} == {
        "information": 5,
        "aspiration": 5,
        "complaint": 14,
        "complaint_without_oversight": 14,
        "complaint_with_oversight": 60,
    }
    with pytest.raises(ValueError, match="gossip"):
        NATIONAL_DEFAULT.length(ClockKind.SETTLEMENT, "gossip")


def test_a_policy_that_forgets_a_classification_is_refused() -> None:
    data = NATIONAL_DEFAULT.model_dump(mode="json")
    assert Policy.model_validate(data) == NATIONAL_DEFAULT
    del data["settlement"]["aspiration"]
    with pytest.raises(ValidationError, match="no settlement length for aspiration"):
        Policy.model_validate(data)


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Length(amount=0, unit=Unit.SECONDS)
