"""Which agencies' reports a queue shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import Agency
from shared.command_requests.directory import agency
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.owed.responsibilities import DECIDED_NEARER, PENDING, deciders_of


async def agency_asked_for(session: AsyncSession, staff: Staff, agency_id: int | None) -> int:
    """The agency whose queue is asked for: the own one, or one below. 404 for any other."""
    if agency_id is None or agency_id == staff.agency_id:
        return staff.agency_id
    unit = await agency(session, agency_id)
    if unit is None or not unit.stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return unit.id


async def handlers_below(session: AsyncSession, agency_id: int) -> list[int]:
    """The agencies that may handle what this agency has handed down: those below it, and those that
    were moved elsewhere while the chains of their reports still name it."""
    rows = await session.execute(_BELOW, {"path": [agency_id]})
    return [handler for handler in rows.scalars() if handler != agency_id]


@dataclass(frozen=True)
class Waiting:
    """The condition for requests `q` that wait in a queue."""

    condition: str
    parameters: dict[str, Any]


async def requests_waiting(session: AsyncSession, agency_id: int, *, below: bool) -> Waiting:
    """The requests that the agency decides: its own, and those of agencies below if nobody nearer
    has an admin other than the one who asked. With `below`, also those of every agency below."""
    if below:
        deciders = await monitored(session, agency_id)
        if deciders is None:
            return Waiting("q.decision IS NULL", {})
        return Waiting(PENDING, {"deciders": deciders})
    parameters = {"deciders": await deciders_of(session, agency_id), "deciding": agency_id}
    return Waiting(f"{PENDING} AND NOT {DECIDED_NEARER}", parameters)


async def monitored(session: AsyncSession, agency_id: int) -> list[int] | None:
    """The agency and every one below it. None for pusat, which means all agencies: naming 20,000 in
    a statement would take longer than the answer."""
    return None if await is_root(session, agency_id) else await subtree(session, agency_id)


async def is_root(session: AsyncSession, agency_id: int) -> bool:
    """Whether the agency is pusat, the root of the tree."""
    known = await agency(session, agency_id)
    return known is not None and len(known.path) == 1


async def subtree(session: AsyncSession, agency_id: int) -> list[int]:
    """The agency and every one below it."""
    ids = func.array_agg(aggregate_order_by(col(Agency.id), col(Agency.id)))
    below = select(ids).where(col(Agency.path).contains([agency_id]))
    return await session.scalar(below) or []


_BELOW = text("""
SELECT id FROM routing.agency
WHERE path @> CAST(:path AS bigint[]) OR path && ARRAY(
    SELECT CAST(h.from_id AS bigint) FROM routing.handover h
    LEFT JOIN lifecycle.handover_progress p ON p.id = h.id
    WHERE h.kind = 'chains' AND p.finished_at IS NULL)
ORDER BY id
""")
