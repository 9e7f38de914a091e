"""Removing an agency, alone when nothing is under way there, or with a successor."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.authority import Managing, agency_in_reach, agency_to_manage
from services.routing.directory.agencies import ONE_AT_A_TIME
from services.routing.directory.handovers import HandoverShown, ask_for_handover, show_handover
from services.routing.directory.log import record
from services.routing.directory.orphaned_requests import check_taking
from services.routing.directory.people import deactivate
from shared.command_requests.directory import Agency
from shared.http.documentation import problem_responses
from shared.http.paths import AgencyId
from shared.http.problems import FieldError, conflict, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction


class AgencyRemoved(BaseModel):
    """`handover` says how far the successor's taking over is."""

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
    agency_id: AgencyId,
    staff: Managing,
    session: Transaction,
    successor_id: Annotated[
        int | None,
        Query(description="Takes over open and closed reports, copies and places in chains"),
    ] = None,
) -> AgencyRemoved:
    """Remove an agency below the own one that has no units (left). Its people are removed too:
    move those who stay first. 409 `agency_in_use` while something is under way there and no
    successor is named."""
    await session.execute(ONE_AT_A_TIME)
    removed = await agency_to_manage(session, staff, agency_id)
    if len(removed.path) == 1:
        raise conflict("root_stays")
    if await session.scalar(_UNITS, {"id": agency_id}):
        raise conflict("agency_has_units")
    await session.execute(_WAIT_FOR_WHO_COMES, {"id": agency_id})
    people = list(await session.scalars(_PEOPLE, {"id": agency_id}))
    if staff.id in people:
        raise conflict("own_account")
    handover = None
    if successor_id is None:
        if await session.scalar(_UNDER_WAY, {"id": agency_id}):
            raise conflict("agency_in_use")
    else:
        successor = await _successor(session, staff, removed, successor_id)
        await check_taking(session, agency_id, successor)
        total = int(await session.scalar(_NAMING, {"id": agency_id}) or 0)
        asked = await ask_for_handover(
            session, staff, "agency", agency_id, successor.id, agency_id, total
        )
        handover = await show_handover(session, asked.id)
    await deactivate(session, people)
    await session.execute(_REMOVE, {"id": agency_id, "successor_id": successor_id})
    record(
        session, staff, agency_id, "agency", agency_id, "remove",
        successor_id=successor_id, people=people,
    )  # fmt: skip
    return AgencyRemoved(agency_id=agency_id, people_removed=len(people), handover=handover)


async def _successor(
    session: AsyncSession, staff: Staff, removed: Agency, successor_id: int
) -> Agency:
    """Active, connected, in reach, and not the agency itself."""
    successor = await agency_in_reach(session, staff, successor_id, field="successor_id")
    if not successor.active or successor.id == removed.id:
        raise validation(FieldError("successor_id", "agency_out_of_reach"))
    if not successor.is_connected(to_verify=True):
        raise conflict("successor_not_connected")
    return successor


_WAIT_FOR_WHO_COMES = text("SELECT FROM routing.agency WHERE id = :id FOR UPDATE")
_UNITS = text("SELECT EXISTS (SELECT FROM routing.agency WHERE parent_id = :id AND active)")
_PEOPLE = text("SELECT id FROM routing.staff WHERE agency_id = :id AND active")
_UNDER_WAY = text(
    "SELECT EXISTS (SELECT FROM lifecycle.report WHERE handler_id = :id"
    "  AND tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process'))"
    " OR EXISTS (SELECT FROM lifecycle.request WHERE decision IS NULL"
    "  AND :id IN (decider_id, agency_id))"
    " OR EXISTS (SELECT FROM lifecycle.report WHERE awaited_agency_id = :id)"
)
_NAMING = text(
    "SELECT count(*) FROM ("
    " SELECT number FROM lifecycle.report WHERE chain @> ARRAY[CAST(:id AS bigint)]"
    " UNION SELECT number FROM lifecycle.copy WHERE agency_id = :id"
    " UNION SELECT number FROM lifecycle.report WHERE awaited_agency_id = :id"
    " UNION SELECT number FROM lifecycle.request WHERE decision IS NULL"
    "  AND :id IN (decider_id, agency_id, suggested_agency_id)) naming"
)
_REMOVE = text(
    "UPDATE routing.agency SET active = false, successor_id = :successor_id WHERE id = :id"
)
