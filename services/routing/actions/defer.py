"""Deferring a report (*Tunda*): until the reporter completes it, or an agency connects."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.command_context import CurrentActing
from services.routing.actions.delegation import known_agencies, taken_back
from services.routing.words import Form, Words, note
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, conflict, validation
from shared.lifecycle.actions import Action, DeferralKind


class Deferral(Form):
    """`incomplete_data` asks the reporter; `agency_not_connected` names the agency to wait for."""

    kind: DeferralKind
    note: Words = Field(description="Keterangan Tunda; of incomplete data: what is missing")
    awaited_agency_id: int | None = None


router = APIRouter(tags=["verification"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/defer")
async def defer(acting: CurrentActing, form: Deferral) -> CommandAnswer:
    """Put the report off; the verification clock pauses while nothing can be done."""
    awaits = form.kind is DeferralKind.AGENCY_NOT_CONNECTED
    if awaits != (form.awaited_agency_id is not None):
        code = "needed_here" if awaits else "not_needed_here"
        raise validation(FieldError("awaited_agency_id", code))

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        if form.awaited_agency_id is not None:
            asked = [form.awaited_agency_id]
            [awaited] = (await known_agencies(session, "awaited_agency_id", asked)).values()
            if awaited.is_connected():
                raise conflict("agency_connected")
        return {
            "deferral": form.kind,
            "awaited_agency_id": form.awaited_agency_id,
            "handing": await taken_back(session, access, acting.staff),
        }

    return await acting.do(Action.DEFER, form, details, note(acting.staff, form.note))
