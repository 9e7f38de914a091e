"""The agencies to which a report may be handed, and the delegation chain that results."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.directory import Agency, agencies, agency
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import FieldError, Problem, conflict, validation
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.chain import chain_after_handing
from shared.lifecycle.commands import Handing


async def unit_to_follow_up(session: AsyncSession, access: ReportAccess, agency_id: int) -> Agency:
    """The person's own agency or one below, if somebody there can follow up (*disposisi*)."""
    unit = await _active(session, agency_id)
    if not unit.is_or_stands_below(access.own_agency_id):
        raise Problem(422, "agency_not_below")
    if not unit.is_connected():
        raise conflict("agency_not_connected")
    return unit


async def agency_below(
    session: AsyncSession, access: ReportAccess, agency_id: int, *, to_verify: bool
) -> Agency:
    """An agency strictly below the person's own that has an admin to verify or staff to follow
    up."""
    unit = await _active(session, agency_id)
    if not unit.stands_below(access.own_agency_id):
        raise Problem(422, "agency_not_below")
    if not unit.is_connected(to_verify=to_verify):
        raise conflict("agency_not_connected")
    return unit


async def known_agencies(
    session: AsyncSession, field: str, ids: Sequence[int]
) -> dict[int, Agency]:
    """Active agencies anywhere in the tree. 422 on the field if one of the ids is unknown."""
    known = await agencies(session, ids)
    for agency_id in ids:
        if agency_id not in known or not known[agency_id].active:
            raise validation(FieldError(field, "agency_unknown"))
    return known


def handing_to(access: ReportAccess, receiver: Agency) -> Handing:
    """The handing of the report by this person's agency to the receiver."""
    chain = chain_after_handing(access.state.chain, access.own_path, receiver.id)
    return Handing(chain=chain, zone=receiver.zone)


async def taken_back(session: AsyncSession, access: ReportAccess) -> Handing | None:
    """The handing by which the decider of a not-authority request takes the report back.

    The report goes to their own agency. None for everybody else: the handler then stays.
    """
    request = access.state.pending(RequestKind.NOT_AUTHORITY)
    if request is None or not access.decides(request):
        return None
    own = await agency(session, access.own_agency_id)
    assert own is not None, "staff belong to an agency that exists"
    return handing_to(access, own)


async def _active(session: AsyncSession, agency_id: int) -> Agency:
    return (await known_agencies(session, "agency_id", [agency_id]))[agency_id]
