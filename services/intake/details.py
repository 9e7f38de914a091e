"""What a report says beside its text: when it happened, and where."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.clock import now
from shared.values.fields import Day, Instant, NotABool
from shared.values.text import PLACE_LIMIT, normalise, on_one_line
from shared.values.words import Form

INDEPENDENCE = date(1945, 8, 17)
"""Nothing happened before that this government could answer for: a slip of the year."""


def one_line(raw: str) -> str | None:
    """The text without line breaks and spaces too many; None for nothing else."""
    return on_one_line(normalise(raw)) or None


def nothing(raw: object) -> object:
    """Forms send what was left open as an empty text: that is None."""
    return None if isinstance(raw, str) and not raw.strip() else raw


def _day_or_instant(raw: object, read: ValidatorFunctionWrapHandler) -> object:
    """One problem, not one for each way in which it cannot be read."""
    try:
        return read(raw)
    except ValidationError as error:
        codes = {e["type"] for e in error.errors(include_input=False, include_url=False)}
        code = "timezone_aware" if "timezone_aware" in codes else "day_or_instant"
        raise PydanticCustomError(code, "A day, or an instant with its zone") from None


Left = BeforeValidator(nothing)
Happened = Annotated[Day | Instant, WrapValidator(_day_or_instant)]
Place = Annotated[str, StringConstraints(max_length=PLACE_LIMIT), AfterValidator(one_line)]


class DetailsForm(Form):
    """The fields that every form asks and acceptance takes: those of `ReportDetails`, checked."""

    happened_at: Annotated[Happened | None, Left] = Field(
        None, description="A day, or an instant with its zone; not in the future, nor before 1945"
    )
    place: Annotated[Place | None, Left] = Field(None, description="Where, in words")
    latitude: Annotated[float | None, NotABool] = Field(None, ge=-90, le=90, allow_inf_nan=False)
    longitude: Annotated[float | None, NotABool] = Field(None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.latitude is None) is not (self.longitude is None):
            raise PydanticCustomError("coordinates_incomplete", "Give both coordinates or none")
        return self

    @field_validator("happened_at")
    @classmethod
    def _has_happened(cls, when: date | None) -> date | None:
        if when is not None and _is_later(when):
            raise PydanticCustomError("in_future", "This is in the future")
        if when is not None and _day(when) < INDEPENDENCE:
            raise PydanticCustomError("before_independence", "This is before 17 August 1945")
        return when


def today() -> date:
    """In the east of Indonesia, where the day begins."""
    return (now() + timedelta(hours=9)).date()


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _is_later(when: date) -> bool:
    """Later than anywhere in Indonesia's today; datetime is a date, so asked first."""
    if isinstance(when, datetime):
        return when > now() + timedelta(minutes=5)
    return when > today()
