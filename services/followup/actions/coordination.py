"""Internal coordination (*Koordinasi Internal*): a note, perhaps with a colleague to act on it."""

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.report_access import ReportAccess
from shared.database.views import StaffEntry
from shared.http.problems import FieldError, validation
from shared.lifecycle.actions import Action
from shared.values.ids import AssigneeId
from shared.values.words import Body, Form


class Coordination(Form):
    note: Body = Field(description="At most 3,000 characters after normalisation; staff only")
    assignee_id: AssigneeId | None = Field(None, description="A person of the own agency")


router = command_router("follow-ups")


@router.by_staff(Action.COORDINATE, "/reports/{number}/coordination")
async def coordinate_report(
    session: AsyncSession, access: ReportAccess, form: Coordination
) -> CommandFields:
    """Write a note for colleagues. The reporter does not see it, and the status does not change."""
    if form.assignee_id is None:
        return {}
    assignee = await session.get(StaffEntry, form.assignee_id)
    colleague = assignee is not None and assignee.agency_id == access.own_agency_id
    if assignee is None or not (colleague and assignee.active):
        raise validation(FieldError("assignee_id", "assignee_unknown"))
    return {"assignee_id": form.assignee_id}
