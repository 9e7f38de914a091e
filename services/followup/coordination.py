"""Internal coordination (*Koordinasi Internal*): a note, perhaps with somebody to see to it."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import staff_request
from services.followup.words import Form, Words, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.report_access import ReportAccess
from shared.http.auth import CurrentStaff
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action


class Coordination(Form):
    note: Words = Field(description="At most 3,000 characters after normalisation; staff only")
    assignee_id: int | None = Field(
        None, ge=1, lt=2**31, strict=True, description="Somebody of the own agency"
    )


router = APIRouter(tags=["follow-ups"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/coordination")
async def coordinate_report(
    asking: CurrentAsking, staff: CurrentStaff, form: Coordination
) -> CommandAnswer:
    """Note something for colleagues; the reporter does not see it and the status stays."""

    async def details(session: AsyncSession, _: ReportAccess) -> dict[str, Any]:
        if form.assignee_id is None:
            return {}
        wanted = {"id": form.assignee_id, "agency_id": staff.agency_id}
        if (await session.execute(_COLLEAGUE, wanted)).scalar_one_or_none() is None:
            raise validation(FieldError("assignee_id", "assignee_unknown"))
        return {"assignee_id": form.assignee_id}

    command_request = staff_request(
        staff,
        asking.number,
        Action.COORDINATE,
        Written(form.note),
        asking.id,
        version=asking.version,
        details=details,
        about=form.assignee_id,
    )
    return await asking.carry_out(command_request)


_COLLEAGUE = text(
    "SELECT id FROM routing.staff_directory WHERE id = :id AND agency_id = :agency_id AND active"
)
