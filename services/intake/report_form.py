"""The fields of a report as people and their programs fill them in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.intake import contact
from services.intake.accepting.new_report import Identity
from shared.clock import now
from shared.fields import Day, Instant, NotABool
from shared.lifecycle.actions import Classification
from shared.text import (
    PLACE_LIMIT,
    REPORTER_NAME_LIMIT,
    TITLE_LIMIT,
    derive_title,
    normalise,
    on_one_line,
)
from shared.words import Body, Form, Title

INDEPENDENCE = date(1945, 8, 17)
"""Nothing happened before that this government could answer for: a slip of the year."""

PublicClassification = Literal["complaint", "aspiration", "information"]


def _line(raw: str) -> str | None:
    return on_one_line(normalise(raw)) or None


def _nothing(raw: object) -> object:
    """Forms send what was left open as an empty text."""
    return None if isinstance(raw, str) and not raw.strip() else raw


def _day_or_instant(raw: object, read: ValidatorFunctionWrapHandler) -> object:
    """One problem, not one for each way in which it cannot be read."""
    try:
        return read(raw)
    except ValidationError as error:
        codes = {one["type"] for one in error.errors(include_input=False, include_url=False)}
        code = "timezone_aware" if "timezone_aware" in codes else "day_or_instant"
        raise PydanticCustomError(code, "A day, or an instant with its zone") from None


def _phone(raw: str) -> str:
    return _contact(contact.normalise_phone, raw)


def _email(raw: str) -> str:
    return _contact(contact.normalise_email, raw)


def _nik(raw: str) -> str:
    return _contact(lambda nik: contact.parse_reporter_nik(nik, today=_today()).digits, raw)


Place = Annotated[str, StringConstraints(max_length=PLACE_LIMIT), AfterValidator(_line)]
Name = Annotated[str, StringConstraints(max_length=REPORTER_NAME_LIMIT), AfterValidator(_line)]
Left = BeforeValidator(_nothing)
_MAY_BE_EMPTY = WithJsonSchema({"type": "string", "maxLength": TITLE_LIMIT})
Happened = Annotated[Day | Instant, WrapValidator(_day_or_instant)]


class ReporterForm(Form):
    """Who reports and can be reached: a name, and a phone number or an e-mail address."""

    name: Annotated[Name | None, Left] = None
    phone: Annotated[Annotated[str, Field(max_length=40), AfterValidator(_phone)] | None, Left] = (
        Field(None, examples=["+6281234567890"])
    )
    email: Annotated[Annotated[str, Field(max_length=254), AfterValidator(_email)] | None, Left] = (
        None
    )
    nik: Annotated[Annotated[str, Field(max_length=30), AfterValidator(_nik)] | None, Left] = Field(
        None, description="Population number, 16 digits; optional"
    )

    @property
    def identity(self) -> Identity:
        return Identity(self.name, self.phone, self.email, self.nik)


class ReportForm(Form):
    """What every form asks. Ids and codes are checked against the directory afterwards."""

    classification: PublicClassification
    title: Annotated[Annotated[Title, _MAY_BE_EMPTY] | None, Left] = Field(
        None, description="Left out, it is made from the first words of the text"
    )
    body: Body
    happened_at: Annotated[Happened | None, Left] = Field(
        None, description="A day, or an instant with its zone; not in the future, nor before 1945"
    )
    region_code: Annotated[Annotated[str, Field(max_length=13)] | None, Left] = Field(
        None, description="Kemendagri code, down to the village", examples=["32.04.05.2001"]
    )
    place: Annotated[Place | None, Left] = Field(None, description="Where, in words")
    latitude: Annotated[float | None, NotABool] = Field(None, ge=-90, le=90, allow_inf_nan=False)
    longitude: Annotated[float | None, NotABool] = Field(None, ge=-180, le=180, allow_inf_nan=False)
    addressee: Annotated[
        Annotated[int, Field(gt=0, lt=2**31)] | Annotated[str, Field(max_length=100)] | None,
        Left,
        NotABool,
    ] = Field(None, description="The agency addressed, by id or code")
    category: Annotated[
        Annotated[int, Field(gt=0, lt=2**31)] | Annotated[str, Field(max_length=100)] | None,
        Left,
        NotABool,
    ] = Field(None, description="By id or code")
    anonymous: bool = Field(
        False,
        description="Neither the public nor any agency is told who reports; pusat can reveal it,"
        " with a reason, each time logged",
    )
    secret: bool = Field(False, description="The public is not told of this report")

    @property
    def heading(self) -> str:
        """The title, or one made from the text."""
        return self.title or derive_title(self.body)

    @property
    def class_code(self) -> Classification:
        return Classification(self.classification)

    @property
    def happened(self) -> str | None:
        return self.happened_at.isoformat() if self.happened_at else None

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


def _contact(read: Callable[[str], str], raw: str) -> str:
    try:
        return read(raw)
    except contact.ContactRejected as error:
        raise PydanticCustomError(error.code, "Not valid") from None


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _is_later(when: date) -> bool:
    """Later than anywhere in Indonesia's today; datetime is a date, so asked first."""
    if isinstance(when, datetime):
        return when > now() + timedelta(minutes=5)
    return when > _today()


def _today() -> date:
    return (now() + timedelta(hours=9)).date()
