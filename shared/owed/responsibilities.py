"""The agencies whose steps an agency owes: itself, and those below that have nobody for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.lifecycle.people import ADMINS, Role
from shared.lifecycle.statuses import Tab

DECIDING: Final = (Tab.UNVERIFIED, Tab.DEFERRED, Tab.ARCHIVED)
"""The tabs whose next step an admin owes; an officer can owe that of the other tabs."""
FOLLOWING_UP: Final = (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS)
"""The tabs of an officer in which a step is still owed."""

PENDING: Final = "q.decision IS NULL AND q.decider_id = ANY (CAST(:deciders AS int[]))"
"""A condition on `lifecycle.request q`."""
ACTIVE_ADMIN: Final = "s.active AND s.role NOT IN ('liaison_officer', 'overseer')"
"""A condition on `routing.staff_directory s`."""
DECIDED_NEARER: Final = (
    "EXISTS (SELECT FROM routing.agency_directory d"  # noqa: S608
    " JOIN routing.staff_directory s"
    " ON s.agency_id = ANY (d.path[array_position(d.path, CAST(:deciding AS bigint)) + 1 :])"
    f" WHERE d.id = q.decider_id AND {ACTIVE_ADMIN}"
    " AND s.id IS DISTINCT FROM q.staff_id)"
)
"""Whether an admin below the agency `deciding` can decide the request and did not make it."""


@dataclass(frozen=True)
class Responsibilities:
    """The agencies whose steps a person owes.

    `to_verify` and `to_follow_up` are the agencies that handle the reports, `deciders` those that
    decide the requests, unless a nearer admin does. An officer owes the follow-ups of their own
    agency.
    """

    agency_id: int
    to_verify: Sequence[int]
    to_follow_up: Sequence[int]
    deciders: Sequence[int]
    at_the_root: bool


async def responsibilities_of(
    session: AsyncSession, agency_id: int, role: Role, *, at_the_root: bool
) -> Responsibilities:
    """The steps that people of this role at this agency owe. `at_the_root`: it is pusat."""
    if role not in ADMINS:
        return Responsibilities(agency_id, (), (agency_id,), (), at_the_root)
    return Responsibilities(
        agency_id,
        to_verify=await handlers_of(session, agency_id, DECIDING),
        to_follow_up=await handlers_of(session, agency_id, FOLLOWING_UP),
        deciders=await deciders_of(session, agency_id),
        at_the_root=at_the_root,
    )


async def handlers_of(session: AsyncSession, agency_id: int, tabs: Sequence[Tab]) -> list[int]:
    """The agency, and those below it without a person for the step owed in these tabs.

    No agency in between may have one either. The tabs owe the same kind of step; from above, only
    an admin can take it.
    """
    needs_admin = all(tab in DECIDING for tab in tabs)
    rows = await session.execute(
        _WITH_DESERTED, {"agency_id": agency_id, "needs_admin": needs_admin}
    )
    return list(rows.scalars())


async def deciders_of(session: AsyncSession, agency_id: int) -> list[int]:
    """The agency, and those below it with requests that it has to decide.

    No admin is nearer, or only the one who asked.
    """
    rows = await session.execute(_WITH_PENDING, {"agency_id": agency_id})
    return list(rows.scalars())


# It goes down only through agencies without admins, so it stays small in any tree. An agency
# without its own people leaves those below to the next one above; the root does not.
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
# By decider, of whom there are few: the smallest and the largest id of the nearer admins show
# whether one of them did not ask.
_WITH_PENDING = text(f"""
WITH nearer AS MATERIALIZED (
    SELECT d.id, min(s.id) AS one, max(s.id) AS other
    FROM (SELECT DISTINCT decider_id FROM lifecycle.request WHERE decision IS NULL) q
    JOIN routing.agency_directory own ON own.id = :agency_id
        AND (own.has_admin OR own.parent_id IS NULL)
    JOIN routing.agency_directory d ON d.id = q.decider_id
        AND d.path @> ARRAY[CAST(:agency_id AS bigint)]
    LEFT JOIN routing.staff_directory s
        ON s.agency_id = ANY (d.path[array_position(d.path, CAST(:agency_id AS bigint)) + 1 :])
        AND {ACTIVE_ADMIN}
    GROUP BY d.id
)
SELECT CAST(:agency_id AS int)
UNION
SELECT q.decider_id FROM lifecycle.request q JOIN nearer n ON n.id = q.decider_id
WHERE q.decision IS NULL AND (n.one IS NULL OR n.one = q.staff_id AND n.other = q.staff_id)
""")  # noqa: S608
