"""The fields of a report as people and their programs fill them in."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from services.intake import contact
from services.intake.accepting.new_report import Identity
from services.intake.details import DetailsForm, Left, one_line, today
from shared.http.problems import FieldError
from shared.lifecycle.actions import Classification
from shared.values.fields import NotABool
from shared.values.ids import AgencyId, CategoryId
from shared.values.text import (
    EMAIL_LIMIT,
    NIK_LIMIT,
    PHONE_LIMIT,
    REPORTER_NAME_LIMIT,
    TITLE_LIMIT,
    derive_title,
)
from shared.values.words import Body, Form, Title

PublicClassification = Literal["complaint", "aspiration", "information"]


def _phone(raw: str) -> str:
    return _contact(contact.normalise_phone, raw)


def _email(raw: str) -> str:
    return _contact(contact.normalise_email, raw)


def _nik(raw: str) -> str:
    return _contact(lambda nik: contact.parse_reporter_nik(nik, today=today()).digits, raw)


Name = Annotated[str, StringConstraints(max_length=REPORTER_NAME_LIMIT), AfterValidator(one_line)]
_MAY_BE_EMPTY = WithJsonSchema({"type": "string", "maxLength": TITLE_LIMIT})


class ReporterForm(Form):
    """A reporter's identity and contacts. A reachable reporter has a name, and a phone number or an
    e-mail address."""

    name: Annotated[Name | None, Left] = None
    phone: Annotated[
        Annotated[str, Field(max_length=PHONE_LIMIT), AfterValidator(_phone)] | None, Left
    ] = Field(None, examples=["+6281234567890"])
    email: Annotated[
        Annotated[str, Field(max_length=EMAIL_LIMIT), AfterValidator(_email)] | None, Left
    ] = None
    nik: Annotated[
        Annotated[str, Field(max_length=NIK_LIMIT), AfterValidator(_nik)] | None, Left
    ] = Field(None, description="Population number, 16 digits; optional")


def unreachable(reporter: ReporterForm | None, within: str, whole: str) -> list[FieldError]:
    """The problems if the reporter cannot be reached. `within` is the prefix of the name's field; a
    missing contact is reported at `whole`."""
    lacking = []
    if reporter is None or not (reporter.phone or reporter.email):
        lacking.append(FieldError(whole, "contact_missing"))
    if reporter is None or not reporter.name:
        lacking.append(FieldError(f"{within}name", "missing"))
    return lacking


class ReporterOfReport(ReporterForm):
    """The reporter, and whether messages about the report may go to each contact. A contact that
    was not declared safe gets only codes that its reporter requests."""

    phone_safe: bool = Field(
        False, description="Nobody else reads text messages at `phone` (Aman dihubungi di sini?)"
    )
    email_safe: bool = Field(False, description="Nobody else reads mail at `email`")

    @property
    def identity(self) -> Identity:
        contacts = self.name, self.phone, self.email, self.nik
        return Identity(*contacts, self.phone_safe, self.email_safe)


class ReportForm(DetailsForm):
    """The fields of a report that all channels have in common. Ids and codes are checked in the
    directory afterwards."""

    classification: PublicClassification
    title: Annotated[Annotated[Title, _MAY_BE_EMPTY] | None, Left] = Field(
        None, description="By default, it is made from the first words of the text"
    )
    body: Body
    region_code: Annotated[Annotated[str, Field(max_length=13)] | None, Left] = Field(
        None, description="Kemendagri code, down to the village", examples=["32.04.05.2001"]
    )
    addressee: Annotated[
        AgencyId | Annotated[str, Field(max_length=100)] | None,
        Left,
        NotABool,
    ] = Field(None, description="The agency addressed, by id or code")
    category: Annotated[
        CategoryId | Annotated[str, Field(max_length=100)] | None,
        Left,
        NotABool,
    ] = Field(None, description="By id or code")
    anonymous: bool = Field(
        False,
        description="Neither the public nor any agency sees who reports. Pusat can reveal it "
        "with a reason; each time is logged",
    )
    secret: bool = Field(False, description="The public cannot see this report")

    @property
    def heading(self) -> str:
        """The title, or one made from the text."""
        return self.title or derive_title(self.body)

    @property
    def class_code(self) -> Classification:
        return Classification(self.classification)


def _contact(read: Callable[[str], str], raw: str) -> str:
    try:
        return read(raw)
    except contact.ContactRejected as error:
        raise PydanticCustomError(error.code, "Not valid") from None
