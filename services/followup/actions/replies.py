"""The reporter answers a follow-up (*Tanggapi*)."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Body, Form


class ReplyForm(Form):
    text: Body = Field(description="At most 3,000 characters after normalisation")


router = command_router("reporter")


@router.by_reporter(Action.REPLY, "/reports/{number}/replies", files=True)
async def reply_to_follow_up(
    _: AsyncSession, access: ReportAccess, form: ReplyForm
) -> CommandFields:
    """Answer the agency, which then owes a follow-up again."""
    return {"by_sms": access.by_sms}
