"""Archiving a report (*Arsipkan*), and taking it out of the archive."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.command_context import CurrentActing
from services.routing.actions.delegation import taken_back
from services.routing.words import Form, Words, note
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action, ArchiveCategory


class Archiving(Form):
    category: ArchiveCategory = Field(description="Kategori Arsip; the reporter reads it")
    note: Words = Field(description="Keterangan Arsip; the reporter reads it")


class Restoring(Form):
    reason: Words


router = APIRouter(tags=["verification"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/archive")
async def archive(acting: CurrentActing, form: Archiving) -> CommandAnswer:
    """File a report away that cannot be verified, for one of the guide's eight reasons."""

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        if not await session.scalar(_OFFERED, {"code": form.category}):
            raise validation(FieldError("category", "archive_reason_retired"))
        return {
            "archive_category": form.category,
            "handing": await taken_back(session, access, acting.staff),
        }

    return await acting.do(Action.ARCHIVE, form, details, note(acting.staff, form.note))


@router.post("/reports/{number}/restore")
async def restore(acting: CurrentActing, form: Restoring) -> CommandAnswer:
    """Take a report out of the archive again, with a full verification clock."""

    async def details(_: AsyncSession, __: ReportAccess) -> dict[str, Any]:
        return {}

    return await acting.do(Action.RESTORE, form, details, note(acting.staff, form.reason))


_OFFERED = text("SELECT active FROM routing.archive_reason WHERE code = :code")
