"""The handler follows a report up (*Tindak Lanjut*), or responds initially (*Respon Awal*)."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action, FollowUpKind, FollowUpOutcome, UnmetReason
from shared.values.words import FollowUpText, Form


class FollowUpForm(Form):
    """A follow-up proper states its outcome and starts the ten days to the automatic closing. While
    work goes on, an initial response is sent instead, which does not start them."""

    kind: FollowUpKind
    outcome: FollowUpOutcome | None = Field(None, description="Needed with kind follow_up only")
    unmet_reason: UnmetReason | None = Field(
        None, description="Needed with outcome cannot_be_met only"
    )
    text: FollowUpText = Field(description="At most 5,000 characters after normalisation")
    secret: bool = Field(
        False, strict=True, description="*Rahasia*: only the reporter and staff see it"
    )


router = command_router("follow-ups")


@router.by_staff(Action.FOLLOW_UP, "/reports/{number}/follow-ups", files=True)
async def follow_up_report(_: AsyncSession, __: ReportAccess, form: FollowUpForm) -> CommandFields:
    """Tell the reporter what is done about the report."""
    proper = form.kind is FollowUpKind.FOLLOW_UP
    _needed_exactly(proper, "outcome", form.outcome)
    unmet = form.outcome is FollowUpOutcome.CANNOT_BE_MET
    _needed_exactly(unmet, "unmet_reason", form.unmet_reason)
    return {
        "follow_up_kind": form.kind,
        "outcome": form.outcome,
        "unmet_reason": form.unmet_reason,
    }


def _needed_exactly(needed: bool, field: str, value: str | None) -> None:
    """Raise a 422 if a needed field is missing, or if a field is given that is not needed here."""
    if needed is (value is None):
        raise validation(FieldError(field, "missing" if needed else "not_needed_here"))
