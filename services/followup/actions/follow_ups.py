"""The handler follows a report up (*Tindak Lanjut*), or responds at first (*Respon Awal*)."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action, FollowUpKind
from shared.values.words import FollowUpText, Form


class FollowUpForm(Form):
    """A follow-up proper starts the ten days to the automatic closing; an initial response
    does not."""

    kind: FollowUpKind
    text: FollowUpText = Field(description="At most 5,000 characters after normalisation")
    secret: bool = Field(
        False, strict=True, description="*Rahasia*: only the reporter and staff see it"
    )


router = command_router("follow-ups")


@router.by_staff(Action.FOLLOW_UP, "/reports/{number}/follow-ups", files=True)
async def follow_up_report(_: AsyncSession, __: ReportAccess, form: FollowUpForm) -> CommandFields:
    """Tell the reporter what is done about the report."""
    return {"follow_up_kind": form.kind}
