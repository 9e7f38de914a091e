"""The details of a report beside its text: when and where it happened."""

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
"""An earlier date is a mistake in the year: the government did not exist yet."""


def one_line(raw: str) -> str | None:
    """The text on one line, without extra spaces; None if it is empty."""
    return on_one_line(normalise(raw)) or None


def nothing(raw: object) -> object:
    """None for an empty text, which forms send for a field that was left empty."""
    return None if isinstance(raw, str) and not raw.strip() else raw


def _day_or_instant(raw: object, read: ValidatorFunctionWrapHandler) -> object:
    """Report one problem instead of one for each accepted type."""
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
    """The fields of `ReportDetails`, checked; every form has them."""

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
    """The date in the east of Indonesia, where the day begins first."""
    return (now() + timedelta(hours=9)).date()


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _is_later(when: date) -> bool:
    """Whether it lies in the future everywhere in Indonesia. A datetime is also a date, so it is
    checked first."""
    if isinstance(when, datetime):
        return when > now() + timedelta(minutes=5)
    return when > today()
