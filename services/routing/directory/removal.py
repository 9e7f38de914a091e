"""Removing an agency: without a successor if nothing is under way there, otherwise with one."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.agencies import ONE_AT_A_TIME, has_open_reports
from services.routing.directory.handovers import HandoverShown, ask_for_handover, show_handover
from services.routing.directory.leaders import forget_leader
from services.routing.directory.log import record
from services.routing.directory.orphaned_requests import check_taking
from services.routing.directory.people import deactivate
from services.routing.management_rights import Managing, agency_in_reach, agency_to_manage
from services.routing.models import Agency as Row
from services.routing.models import StaffMember
from shared.command_requests.directory import Agency
from shared.database.lifecycle import Report
from shared.database.report_lists import CopyRow, RequestRow
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import FieldError, conflict, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.values.ids import AgencyId


class AgencyRemoved(BaseModel):
    """`handover` shows how far the successor has taken over."""

    agency_id: int
    people_removed: int
    handover: HandoverShown | None


router = APIRouter(
    prefix="/management/agencies",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.delete("/{agency_id}")
async def remove_agency(
    agency_id: Id,
    staff: Managing,
    session: Transaction,
    successor_id: Annotated[
        AgencyId | None,
        Query(
            description="The agency that takes over open and closed reports, copies and places in "
            "chains"
        ),
    ] = None,
) -> AgencyRemoved:
    """Remove an agency below the own one that has no active units. Its people are removed too: move
    those who stay first. 409 `agency_in_use` if something is under way there and no successor is
    named."""
    await session.execute(ONE_AT_A_TIME)
    removed = await agency_to_manage(session, staff, agency_id)
    if len(removed.path) == 1:
        raise conflict("root_stays")
    units = select(col(Row.id)).where(col(Row.parent_id) == agency_id, col(Row.active)).limit(1)
    if await session.scalar(units) is not None:
        raise conflict("agency_has_units")
    # Waits for transactions that add people there.
    await session.execute(select(col(Row.id)).where(col(Row.id) == agency_id).with_for_update())
    working = col(StaffMember.agency_id) == agency_id, col(StaffMember.active)
    people = list(await session.scalars(select(col(StaffMember.id)).where(*working)))
    if staff.id in people:
        raise conflict("own_account")
    handover = None
    if successor_id is None:
        if await _is_in_use(session, agency_id):
            raise conflict("agency_in_use")
    else:
        successor = await _successor(session, staff, removed, successor_id)
        await check_taking(session, agency_id, successor)
        total = await _count_naming(session, agency_id)
        handover_row = await ask_for_handover(
            session, staff, "agency", agency_id, successor.id, agency_id, total
        )
        handover = await show_handover(session, handover_row.id)
    await deactivate(session, people)
    await forget_leader(session, agency_id)
    gone = {"active": False, "successor_id": successor_id}
    await session.execute(update(Row).where(col(Row.id) == agency_id).values(gone))
    record(
        session, staff, agency_id, "agency", agency_id, "remove",
        successor_id=successor_id, people=people,
    )  # fmt: skip
    return AgencyRemoved(agency_id=agency_id, people_removed=len(people), handover=handover)


async def _successor(
    session: AsyncSession, staff: Staff, removed: Agency, successor_id: int
) -> Agency:
    """The successor, which must be active, connected, in reach, and not the agency itself."""
    successor = await agency_in_reach(session, staff, successor_id, field="successor_id")
    if not successor.active or successor.id == removed.id:
        raise validation(FieldError("successor_id", "agency_out_of_reach"))
    if not successor.is_connected(to_verify=True):
        raise conflict("successor_not_connected")
    return successor


async def _is_in_use(session: AsyncSession, agency_id: int) -> bool:
    """Whether the agency has open reports, or a report or request waits for it."""
    suggested = select(col(RequestRow.id)).where(
        col(RequestRow.decision).is_(None),
        (col(RequestRow.decider_id) == agency_id) | (col(RequestRow.agency_id) == agency_id),
    )
    awaited = select(col(Report.number)).where(col(Report.awaited_agency_id) == agency_id)
    if await has_open_reports(session, agency_id):
        return True
    return any(
        [await session.scalar(reports.limit(1)) is not None for reports in (suggested, awaited)]
    )


async def _count_naming(session: AsyncSession, agency_id: int) -> int:
    """How many reports name the agency: in the chain, as a copy, as awaited, or in a request."""
    named = (RequestRow.decider_id, RequestRow.agency_id, RequestRow.suggested_agency_id)
    naming = union(
        select(col(Report.number)).where(col(Report.chain).contains([agency_id])),
        select(col(CopyRow.number)).where(col(CopyRow.agency_id) == agency_id),
        select(col(Report.number)).where(col(Report.awaited_agency_id) == agency_id),
        select(col(RequestRow.number)).where(
            col(RequestRow.decision).is_(None), or_(*(col(column) == agency_id for column in named))
        ),
    )
    return await session.scalar(select(func.count()).select_from(naming.subquery())) or 0
