"""What a partner system sends about a report: the reporter's words, and which report is meant."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from services.followup.actions.information import InformationForm
from services.followup.actions.objection import ObjectionForm
from services.followup.actions.rating import RatingForm
from services.followup.actions.replies import ReplyForm
from services.followup.actions.satisfaction import SatisfactionForm
from services.followup.actions.withdrawal import WithdrawalForm
from shared.partners.message_reading import ExternalId
from shared.values.words import Form


class PartnerForm(Form):
    """Names the report either by `external_id` or by `number`."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["external_id"]}, {"required": ["number"]}]}
    )

    external_id: ExternalId | SkipJsonSchema[None] = Field(
        None, description="The report's id in the partner's own system"
    )
    number: Annotated[int, Field(gt=0, lt=2**63)] | SkipJsonSchema[None] = Field(
        None, description="The report's number, from its receipt"
    )

    @model_validator(mode="after")
    def _one_report(self) -> Self:
        if (self.external_id is None) is (self.number is None):
            raise PydanticCustomError("one_reference", "Give external_id or number")
        return self

    @property
    def form_fields(self) -> dict[str, Any]:
        """What the reporter says, without the fields that name the report."""
        return self.model_dump(exclude={"external_id", "number"})


class PartnerInformation(PartnerForm, InformationForm):
    """The reporter completes the report, answering the question it was deferred with."""


class PartnerReply(PartnerForm, ReplyForm):
    """The reporter answers a follow-up."""


class PartnerWithdrawal(PartnerForm, WithdrawalForm):
    """The reporter takes back a report that is not verified yet."""


class PartnerSatisfaction(PartnerForm, SatisfactionForm):
    """The reporter is satisfied, which closes the report."""


class PartnerRating(PartnerForm, RatingForm):
    """The reporter rates how the report was closed, once for each closing and within its window."""


class PartnerObjection(PartnerForm, ObjectionForm):
    """The reporter asks to have a closed or archived report opened again."""


FORMS: dict[str, type[PartnerForm]] = {
    "information": PartnerInformation,
    "reply": PartnerReply,
    "withdrawal": PartnerWithdrawal,
    "satisfaction": PartnerSatisfaction,
    "rating": PartnerRating,
    "objection": PartnerObjection,
}
