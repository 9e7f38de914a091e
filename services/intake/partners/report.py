"""The report that a partner system sends: its form, and how it is passed to acceptance."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.intake.accepting.new_report import NewReport
from services.intake.accepting.preparing import Found
from services.intake.details import Left
from services.intake.references import report_of
from services.intake.report_form import ReporterOfReport, ReportForm
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Actor, ActorKind
from shared.partners.message_reading import ExternalId


class PartnerReporterForm(ReporterOfReport):
    """One of the partner's own reporters."""

    verified_by_us: list[Literal["phone", "email"]] = Field(
        default=[],
        max_length=2,
        description="The contacts that you have verified; staff see that you say so. Messages "
        "go to a contact only after its owner has entered a code that we sent "
        "there",
    )


class PartnerReport(ReportForm):
    """A report for one of the partner's own reporters. They must be reachable: a name, and a phone
    number or an e-mail address, even if `anonymous` hides these from the agencies."""

    external_id: ExternalId
    reporter: PartnerReporterForm
    addressee: Annotated[Annotated[str, Field(max_length=100)] | None, Left] = Field(
        None, description="The agency addressed, by code"
    )
    category: Annotated[Annotated[str, Field(max_length=100)] | None, Left] = Field(
        None, description="By code"
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> "PartnerReport":
        if not (self.reporter.name and (self.reporter.phone or self.reporter.email)):
            raise PydanticCustomError("contact_missing", "Name, and phone or e-mail")
        return self


def scope_of(system: str) -> str:
    """The scope within which an external id is unique."""
    return f"partner:{system}"


def new_report(system: str, form: PartnerReport, references: Found) -> NewReport:
    """The report for acceptance, with the ids of the agency and category in the form."""
    made = report_of(
        form, references, channel=Channel.PARTNER, scope=scope_of(system), key=form.external_id
    )
    return replace(
        made,
        actor=Actor(kind=ActorKind.PARTNER, system=system),
        identity=form.reporter.identity,
        phone_stated="phone" in form.reporter.verified_by_us and form.reporter.phone is not None,
        email_stated="email" in form.reporter.verified_by_us and form.reporter.email is not None,
        system=system,
        external_id=form.external_id,
    )
