"""Who may download what: the own agency and those below; people for admins only."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.files.selection import DownloadTab, Selection
from shared.command_requests.directory import Agency, agencies
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Staff
from shared.lifecycle.people import ADMINS


async def agency_of(session: AsyncSession, staff: Staff, selection: Selection) -> Agency:
    """The agency a selection is about, with the zone of the one that reads. 404 for one that is
    not the own nor below it, 403 for people's names asked for by an officer."""
    if selection.tab is DownloadTab.USERS and staff.role not in ADMINS:
        raise forbidden("users_for_admins")
    agency_id = staff.agency_id if selection.agency is None else selection.agency
    known = await agencies(session, [agency_id, staff.agency_id])
    if agency_id not in known or not known[agency_id].is_or_stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return known[agency_id].model_copy(update={"zone": known[staff.agency_id].zone})
