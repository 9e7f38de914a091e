"""Requests that would be left behind: pending, with an agency that no longer stands above."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.commanding.directory import Agency
from shared.http.problems import conflict


async def check_moving(session: AsyncSession, agency_id: int, above: Sequence[int]) -> None:
    """409 where a report of the agency, or of one below it, waits for a decision of an agency
    that will not be among those above: its admins could not even read it."""
    given = {"id": agency_id, "above": list(above)}
    if await session.scalar(_OF_WHO_MOVES, given):
        raise conflict("requests_left_behind")


async def check_taking(session: AsyncSession, giver_id: int, taker: Agency) -> None:
    """As `check_moving`, of the reports that another agency takes over."""
    given = {"id": giver_id, "above": list(taker.path)}
    if await session.scalar(_OF_WHO_GIVES, given):
        raise conflict("requests_left_behind")


_OF_WHO_MOVES = text(
    "SELECT EXISTS (SELECT FROM lifecycle.request q"
    " JOIN lifecycle.report r ON r.number = q.number"
    " JOIN routing.agency h ON h.id = r.handler_id JOIN routing.agency d ON d.id = q.decider_id"
    " WHERE q.decision IS NULL AND h.path @> ARRAY[CAST(:id AS bigint)]"
    " AND NOT d.path @> ARRAY[CAST(:id AS bigint)]"
    " AND d.id <> ALL (CAST(:above AS bigint[])))"
)
_OF_WHO_GIVES = text(
    "SELECT EXISTS (SELECT FROM lifecycle.request q"
    " JOIN lifecycle.report r ON r.number = q.number"
    " WHERE q.decision IS NULL AND r.handler_id = :id AND q.decider_id <> :id"
    " AND q.decider_id <> ALL (CAST(:above AS bigint[])))"
)
