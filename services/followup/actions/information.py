"""The reporter completes the report (*Lengkapi Informasi*), as the deferral asked."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Body, Form


class InformationForm(Form):
    text: Body = Field(description="At most 3,000 characters after normalisation")


router = command_router("reporter")


@router.by_reporter(Action.COMPLETE_INFORMATION, "/reports/{number}/information", files=True)
async def complete_report_information(
    _: AsyncSession, access: ReportAccess, form: InformationForm
) -> CommandFields:
    """Answer the question that the report was deferred with."""
    return {"by_sms": access.by_sms}
