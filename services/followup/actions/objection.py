"""The reporter asks to reopen a closed or archived report (*Minta Laporan Dibuka Kembali*)."""

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.directory import agency, agency_to_decide_objection
from shared.command_requests.report_access import ReportAccess
from shared.database.lifecycle import HistoryEntry
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action, ObjectionReason
from shared.lifecycle.objection_reasons import objection_reasons
from shared.lifecycle.state import ReportState
from shared.values.words import Form, NoteText


class ObjectionForm(Form):
    objection_reason: ObjectionReason
    text: NoteText | None = Field(None, description="The person who decides reads it")


router = command_router("reporter")


@router.by_reporter(Action.OBJECT, "/reports/{number}/objection")
async def object_to_closing(
    session: AsyncSession, access: ReportAccess, form: ObjectionForm
) -> CommandFields:
    """Ask that a closed or archived report be opened again, once and within the rating window.

    Those above the agency that closed or archived it decide. The id of the command is the id of the
    request. A reason that does not fit the status is refused, such as that a closed report was
    wrongly archived.
    """
    if form.objection_reason not in objection_reasons(access.state.status):
        raise validation(FieldError("objection_reason", "not_archived"))
    staff_id, agency_id = await _ended_by(session, access.state)
    ending = await agency(session, agency_id) or access.handler
    return {
        "objection_reason": form.objection_reason,
        "ended_by_staff_id": staff_id,
        "ended_by_agency_id": ending.id,
        "decider_id": await agency_to_decide_objection(session, ending.path),
    }


async def _ended_by(session: AsyncSession, state: ReportState) -> tuple[int | None, int]:
    """The person and the agency that closed or archived the report. If no agency's staff did it:
    None, and the handler."""
    ended = (
        select(col(HistoryEntry.staff_id), col(HistoryEntry.agency_id))
        .where(col(HistoryEntry.number) == state.number)
        .where(col(HistoryEntry.to_status) == state.status)
        .where(col(HistoryEntry.from_status) != state.status)
        .order_by(col(HistoryEntry.entry).desc())
        .limit(1)
    )
    row = (await session.execute(ended)).one_or_none()
    if row is None or row.agency_id is None:
        return None, state.handler_id
    return row.staff_id, row.agency_id
