"""Throwing a report to an agency below, which is to verify it (*Lempar*)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.delegation import agency_below, handing_to
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import Action
from shared.values.ids import AgencyId
from shared.values.words import Form, NoteText


class Throw(Form):
    agency_id: AgencyId
    note: NoteText | None = None


router = command_router("verification")


@router.by_staff(Action.THROW, "/reports/{number}/throw")
async def throw(session: AsyncSession, access: ReportAccess, form: Throw) -> CommandFields:
    """Hand an unverified report to an agency below, whose admin is to verify it."""
    receiver = await agency_below(session, access, form.agency_id, to_verify=True)
    return {"handing": handing_to(access, receiver)}
