"""Staff record what a reporter without phone or mail says (*pelapor dibantu*): a visit, a call or a
letter becomes the reporter's reply or completed information, marked as brought by them."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action, BroughtBy
from shared.values.words import Body, Form


class BroughtWords(Form):
    """What the reporter said. It cannot be a declaration of satisfaction, a rating or an
    objection."""

    brought_by: BroughtBy
    text: Body = Field(description="At most 3,000 characters after normalisation")


router = command_router("follow-ups")


@router.by_staff(Action.REPLY, "/reports/{number}/assisted-replies")
async def record_reply(_: AsyncSession, __: ReportAccess, form: BroughtWords) -> CommandFields:
    """Record the reporter's answer to a follow-up."""
    return {"brought_by": form.brought_by}


@router.by_staff(Action.COMPLETE_INFORMATION, "/reports/{number}/assisted-information")
async def record_information(
    _: AsyncSession, __: ReportAccess, form: BroughtWords
) -> CommandFields:
    """Record the reporter's answer to the question that the report was deferred with."""
    return {"brought_by": form.brought_by}
