"""The reporter rates how a report was closed (*Beri Penilaian*), no matter who closed it."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.words import Form, NoteText


class RatingForm(Form):
    """Staff see ratings only as figures over many reports, and the texts without their reports."""

    rating: int = Field(ge=1, le=5, strict=True, description="5 is best")
    solved: bool | None = Field(None, strict=True, description="Is the matter solved?")
    text: NoteText | None = None


router = command_router("reporter")


@router.by_reporter(Action.RATE, "/reports/{number}/rating")
async def rate_closing(_: AsyncSession, __: ReportAccess, form: RatingForm) -> CommandFields:
    """Rate a closing, once and within the rating window."""
    return {"rated": True}
