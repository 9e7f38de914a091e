"""Whose reports an agency's queue shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import Agency
from shared.command_requests.directory import agency
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.lifecycle.statuses import Tab

DECIDING = (Tab.UNVERIFIED, Tab.DEFERRED, Tab.ARCHIVED)
"""The tabs whose next step an admin owes; an officer can owe that of the others."""


async def agency_asked_for(session: AsyncSession, staff: Staff, agency_id: int | None) -> int:
    """The agency whose queue it is: the own one, or one below. 404 for any other."""
    if agency_id is None or agency_id == staff.agency_id:
        return staff.agency_id
    unit = await agency(session, agency_id)
    if unit is None or not unit.stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return unit.id


async def handlers_of(session: AsyncSession, agency_id: int, tabs: Sequence[Tab]) -> list[int]:
    """The agency, and those below it that have nobody (left) for the step owed in these tabs, with
    no agency in between that has. The tabs owe the same kind of step; from above, only an admin
    can do it."""
    needs_admin = all(tab in DECIDING for tab in tabs)
    rows = await session.execute(
        _WITH_DESERTED, {"agency_id": agency_id, "needs_admin": needs_admin}
    )
    return list(rows.scalars())


async def handlers_below(session: AsyncSession, agency_id: int) -> list[int]:
    """Who may handle what the agency has handed down: those below it, and those that have moved
    elsewhere while the chains of their reports still name it."""
    rows = await session.execute(_BELOW, {"path": [agency_id]})
    return [handler for handler in rows.scalars() if handler != agency_id]


@dataclass(frozen=True)
class Waiting:
    """Which requests `q` wait in a queue."""

    condition: str
    parameters: dict[str, Any]


async def requests_waiting(session: AsyncSession, agency_id: int, *, below: bool) -> Waiting:
    """Those the agency decides: its own, and those of agencies below where nobody nearer has an
    admin who did not ask; `below`: those of every agency below too."""
    if below:
        deciders = await subtree(session, agency_id)
        return Waiting(_PENDING, {"deciders": deciders})
    rows = await session.execute(_WITH_NEARLY_DESERTED, {"agency_id": agency_id})
    parameters = {"deciders": list(rows.scalars()), "deciding": agency_id}
    return Waiting(f"{_PENDING} AND NOT {_DECIDED_NEARER}", parameters)


async def subtree(session: AsyncSession, agency_id: int) -> list[int]:
    """The agency and every one below it."""
    below = select(col(Agency.id)).where(col(Agency.path).contains([agency_id]))
    return list(await session.scalars(below.order_by(col(Agency.id))))


_PENDING = "q.decision IS NULL AND q.decider_id = ANY (:deciders)"
_DECIDED_NEARER = (
    "EXISTS (SELECT FROM routing.agency d JOIN routing.agency up ON up.id = ANY (d.path)"
    " JOIN routing.staff s ON s.agency_id = up.id"
    " WHERE d.id = q.decider_id AND :deciding = ANY (trim_array(up.path, 1))"
    " AND up.active AND s.active AND s.role <> 'liaison_officer'"
    " AND s.id IS DISTINCT FROM q.staff_id)"
)
# Both descend through agencies without admins only, so they stay small however large the tree is.
# An agency that has nobody itself leaves those below to the next one above; the root does not.
_WITH_DESERTED = text("""
WITH RECURSIVE below (id, deserted) AS (
    SELECT id, true FROM routing.agency_directory
    WHERE id = :agency_id AND (has_admin OR parent_id IS NULL)
    UNION ALL
    SELECT d.id, NOT (d.has_officer AND NOT CAST(:needs_admin AS boolean))
    FROM below JOIN routing.agency_directory d ON d.parent_id = below.id WHERE NOT d.has_admin
)
SELECT CAST(:agency_id AS int) UNION SELECT id FROM below WHERE deserted
""")
_WITH_NEARLY_DESERTED = text("""
WITH RECURSIVE below (id) AS (
    SELECT id FROM routing.agency_directory
    WHERE id = :agency_id AND (has_admin OR parent_id IS NULL)
    UNION ALL
    SELECT d.id FROM below JOIN routing.agency_directory d ON d.parent_id = below.id
    WHERE d.admins < 2
)
SELECT CAST(:agency_id AS int) UNION SELECT id FROM below
""")
_BELOW = text("""
SELECT id FROM routing.agency
WHERE path @> CAST(:path AS bigint[]) OR path && ARRAY(
    SELECT CAST(h.from_id AS bigint) FROM routing.handover h
    LEFT JOIN lifecycle.handover_progress p ON p.id = h.id
    WHERE h.kind = 'chains' AND p.finished_at IS NULL)
ORDER BY id
""")
