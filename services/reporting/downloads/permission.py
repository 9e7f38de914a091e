"""Who may download what: data of one's own agency and those below it; people only for admins."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.files.selection import DownloadTab, Selection
from shared.command_requests.directory import Agency, agencies
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Staff
from shared.lifecycle.people import ADMINS


async def agency_of(session: AsyncSession, staff: Staff, selection: Selection) -> Agency:
    """Return the agency that a selection is about, with the time zone of the caller's own agency.
    Raises the 404 problem for an agency that is neither the caller's own nor below it, and the 403
    problem if an officer asks for people's names."""
    if selection.tab is DownloadTab.USERS and staff.role not in ADMINS:
        raise forbidden("users_for_admins")
    agency_id = staff.agency_id if selection.agency is None else selection.agency
    known = await agencies(session, [agency_id, staff.agency_id])
    if agency_id not in known or not known[agency_id].is_or_stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return known[agency_id].model_copy(update={"zone": known[staff.agency_id].zone})
