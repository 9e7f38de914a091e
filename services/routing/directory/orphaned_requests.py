"""Requests that would be left behind: pending, with an agency that no longer stands above."""

from collections.abc import Sequence

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.directory import Agency
from shared.http.problems import conflict


async def check_moving(session: AsyncSession, agency_id: int, above: Sequence[int]) -> None:
    """409 where a report of the agency, or of one below it, waits for a decision of an agency
    that will not be among those above: its admins could not even read it."""
    await _check(session, _OF_WHO_MOVES, agency_id, above)


async def check_taking(session: AsyncSession, giver_id: int, taker: Agency) -> None:
    """As `check_moving`, of the reports that another agency takes over."""
    await _check(session, _OF_WHO_GIVES, giver_id, taker.path)


async def _check(
    session: AsyncSession, statement: TextClause, agency_id: int, above: Sequence[int]
) -> None:
    given = {"id": agency_id, "above": list(above)}
    left = (await session.execute(statement, given)).first()
    if left is not None:
        raise conflict("requests_left_behind", number=left.number, agency=left.name)


_PENDING = (
    "SELECT q.number, d.name FROM lifecycle.request q"
    " JOIN lifecycle.report r ON r.number = q.number"
    " JOIN routing.agency d ON d.id = q.decider_id"
    " JOIN routing.agency h ON h.id = r.handler_id"
    " WHERE q.decision IS NULL AND d.id <> ALL (CAST(:above AS bigint[]))"
)
_OF_WHO_MOVES = text(
    f"{_PENDING} AND h.path @> ARRAY[CAST(:id AS bigint)]"
    " AND NOT d.path @> ARRAY[CAST(:id AS bigint)] ORDER BY q.number LIMIT 1"
)
_OF_WHO_GIVES = text(f"{_PENDING} AND h.id = :id AND d.id <> :id ORDER BY q.number LIMIT 1")
