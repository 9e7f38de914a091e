"""The agency tree as services read it, through the view that routing publishes."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, and_, any_, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from shared.database.views import AgencyEntry, StaffEntry
from shared.lifecycle.calendar import Zone
from shared.lifecycle.chain import deciding_agency
from shared.lifecycle.people import ADMINS, Actor, Role


class Agency(BaseModel):
    """An agency and its place in the tree.

    `path` holds the ids from the root to the agency itself. `admins` is the number of its active
    admins; `admin_above` says whether an agency strictly above has any.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    code: str
    name: str
    kind: str
    path: tuple[int, ...]
    zone: Zone
    active: bool
    has_admin: bool
    has_officer: bool
    admins: int
    admin_above: bool

    def stands_below(self, agency_id: int) -> bool:
        """Whether this agency is strictly below that one."""
        return agency_id in self.path[:-1]

    def is_connected(self, *, to_verify: bool = False) -> bool:
        """Whether an active person can take the step that would be owed (*terhubung*).

        That is an admin to verify, or any member of staff to follow up. This is the only definition
        of *terhubung*.
        """
        return self.has_admin if to_verify else self.has_officer

    def is_or_stands_below(self, agency_id: int) -> bool:
        return agency_id in self.path


def is_or_stands_below(
    agency_id: int | SQLCoreOperations[int], entry: type[AgencyEntry] = AgencyEntry
) -> ColumnElement[bool]:
    """The SQL form of `Agency.is_or_stands_below`, for a joined `AgencyEntry` or its alias.

    It looks for agencies whose `path` contains the id, which has an index.
    """
    asked = literal(agency_id) if isinstance(agency_id, int) else agency_id
    return asked == any_(col(entry.path))


def works_on_reports() -> ColumnElement[bool]:
    """The SQL condition that a `StaffEntry` is active and not an overseer."""
    return and_(col(StaffEntry.active), col(StaffEntry.role) != Role.OVERSEER)


async def agencies(session: AsyncSession, ids: Iterable[int]) -> dict[int, Agency]:
    """The agencies with these ids; an unknown id is missing from the answer."""
    rows = await session.execute(_AGENCIES, {"ids": list(ids)})
    return {row["id"]: Agency.model_validate(dict(row)) for row in rows.mappings()}


async def agency(session: AsyncSession, agency_id: int) -> Agency | None:
    return (await agencies(session, [agency_id])).get(agency_id)


async def agency_to_decide(
    session: AsyncSession, chain: Sequence[int], path: Sequence[int], asker: Actor
) -> int:
    """The agency that decides a request of this person, by the report's chain and handler's path.

    If no other admin can decide: the person's own agency if they are an admin of one in the path,
    else the root.
    """
    known = await agencies(session, path)
    own_id = asker.agency_id if asker.role in ADMINS else None

    def somebody_else(agency_id: int) -> bool:
        candidate = known.get(agency_id)
        return candidate is not None and candidate.admins > (own_id == agency_id)

    decider = deciding_agency(chain, path, somebody_else)
    if decider is not None:
        return decider
    return own_id if own_id in path and own_id is not None else path[0]


async def agency_to_decide_objection(session: AsyncSession, path: Sequence[int]) -> int:
    """The agency that decides the reporter's objection to a closing or archiving.

    The last agency of `path` closed or archived the report. The nearest agency above it with an
    active admin decides, or the root, which also decides objections to its own closings.
    """
    known = await agencies(session, path)
    above = (known[id] for id in reversed(path[:-1]) if id in known)
    return next((agency.id for agency in above if agency.has_admin), path[0])


_AGENCIES = select(*(col(getattr(AgencyEntry, name)) for name in Agency.model_fields)).where(
    col(AgencyEntry.id).in_(bindparam("ids", expanding=True))
)
"""Made once, because every command uses it."""
