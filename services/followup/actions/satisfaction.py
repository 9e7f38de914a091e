"""The reporter declares that they are satisfied (*Nyatakan Puas*), which closes the report."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Form, NoteText


class SatisfactionForm(Form):
    rating: int | None = Field(None, ge=1, le=5, strict=True, description="5 is best")
    text: NoteText | None = None


router = command_router("reporter")


@router.by_reporter(Action.DECLARE_SATISFIED, "/reports/{number}/satisfaction")
async def declare_satisfaction(
    _: AsyncSession, __: ReportAccess, form: SatisfactionForm
) -> CommandFields:
    """Close the report as solved."""
    return {"rated": form.rating is not None}
