"""Archiving a report (*Arsipkan*), and taking it out of the archive."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from services.routing.models import ArchiveReason
from shared.command_requests.command_request import CommandFields
from shared.command_requests.delegation import taken_back
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action, ArchiveCategory
from shared.values.words import Form, NoteText


class ArchiveForm(Form):
    category: ArchiveCategory = Field(description="Kategori Arsip; the reporter reads it")
    note: NoteText = Field(description="Keterangan Arsip; the reporter reads it")


class RestoreForm(Form):
    reason: NoteText


router = command_router("verification")


@router.by_staff(Action.ARCHIVE, "/reports/{number}/archive")
async def archive(session: AsyncSession, access: ReportAccess, form: ArchiveForm) -> CommandFields:
    """Archive a report that cannot be verified, for one of the guide's eight reasons."""
    reason = await session.get(ArchiveReason, form.category)
    if reason is None or not reason.active:
        raise validation(FieldError("category", "archive_reason_retired"))
    return {"archive_category": form.category, "handing": await taken_back(session, access)}


@router.by_staff(Action.RESTORE, "/reports/{number}/restore")
async def restore(_: AsyncSession, __: ReportAccess, form: RestoreForm) -> CommandFields:
    """Take a report out of the archive. Its verification clock starts again at full length."""
    return {}
