"""Whose reports an agency's queue shows."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.commanding.directory import agency
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.lifecycle.statuses import Tab

DECIDING = (Tab.UNVERIFIED, Tab.DEFERRED, Tab.ARCHIVED)
"""The tabs whose next step an admin owes; an officer can owe that of the others."""


async def agency_asked_for(session: AsyncSession, staff: Staff, asked: int | None) -> int:
    """The agency whose queue it is: the own one, or one below. 404 for any other."""
    if asked is None or asked == staff.agency_id:
        return staff.agency_id
    found = await agency(session, asked)
    if found is None or not found.stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return found.id


async def handlers_of(session: AsyncSession, agency_id: int, tabs: Sequence[Tab]) -> list[int]:
    """The agency, and those below it that have nobody (left) for the step owed in these tabs,
    with no agency in between that has. The tabs owe the same kind of step."""
    needs_admin = all(tab in DECIDING for tab in tabs)
    rows = await session.execute(
        _WITH_DESERTED, {"agency_id": agency_id, "needs_admin": needs_admin}
    )
    return list(rows.scalars())


async def subtree(session: AsyncSession, agency_id: int) -> list[int]:
    """The agency and every one below it."""
    rows = await session.execute(_SUBTREE, {"path": [agency_id]})
    return list(rows.scalars())


# Descends through deserted agencies only, so it stays small however large the tree is.
_WITH_DESERTED = text("""
WITH RECURSIVE mine (id) AS (
    SELECT CAST(:agency_id AS int)
    UNION ALL
    SELECT d.id FROM mine JOIN routing.agency_directory d ON d.parent_id = mine.id
    WHERE NOT CASE WHEN CAST(:needs_admin AS boolean) THEN d.has_admin ELSE d.has_officer END
)
SELECT id FROM mine
""")
_SUBTREE = text("SELECT id FROM routing.agency WHERE path @> CAST(:path AS bigint[]) ORDER BY id")
