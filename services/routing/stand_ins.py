"""Who stands in for whom (*Plt.*). Both see what is owed and are notified; the history says who
acted."""

from collections.abc import Collection
from datetime import date, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.routing.models import Agency, StaffMember
from shared.database.columns import now
from shared.database.views import StandInEntry
from shared.lifecycle.calendar import Zone


class ShownStandIn(BaseModel):
    """`in_force` says whether today is one of its days."""

    staff_id: int
    staff_name: str
    stand_in_id: int
    stand_in_name: str
    first_day: date
    last_day: date
    in_force: bool


class StandIns(BaseModel):
    """The stand-in of a person, now or later, and the people for whom the person stands in."""

    of: ShownStandIn | None
    stands_in_for: list[ShownStandIn] = Field(description="Stand-ins whose last day has not passed")


async def stand_ins(session: AsyncSession, staff_id: int) -> StandIns:
    """Both directions, for one person; without those whose days are over."""
    own = await _shown(session, col(StandInEntry.staff_id) == staff_id)
    others = await _shown(session, col(StandInEntry.stand_in_id) == staff_id)
    return StandIns(of=own[0] if own else None, stands_in_for=others)


async def in_force_of(session: AsyncSession, staff_ids: Collection[int]) -> dict[int, ShownStandIn]:
    """Who stands in today, by the id of the absent person."""
    shown = await _shown(session, col(StandInEntry.staff_id).in_(sorted(staff_ids)))
    return {each.staff_id: each for each in shown if each.in_force}


async def stood_in_for(session: AsyncSession, staff_id: int) -> list[int]:
    """The person, and everybody for whom they stand in at this moment, including indirectly: those
    for whom an absent person stands in."""
    rows = await session.execute(_STOOD_IN_FOR, {"staff_id": staff_id, "now": now()})
    return list(rows.scalars())


async def _shown(session: AsyncSession, which: ColumnElement[bool]) -> list[ShownStandIn]:
    rows = await session.execute(_NAMED.where(which, col(StandInEntry.ends_at) > now()))
    return [_as_shown(*row) for row in rows]


def _as_shown(entry: StandInEntry, name: str, stand_in_name: str, zone: str) -> ShownStandIn:
    offset = Zone(zone).offset
    return ShownStandIn(
        staff_id=entry.staff_id,
        staff_name=name,
        stand_in_id=entry.stand_in_id,
        stand_in_name=stand_in_name,
        first_day=entry.begins_at.astimezone(offset).date(),
        last_day=(entry.ends_at - timedelta(seconds=1)).astimezone(offset).date(),
        in_force=entry.begins_at <= now() < entry.ends_at,
    )


_Person, _StandIn = aliased(StaffMember), aliased(StaffMember)
_NAMED = (
    select(StandInEntry, col(_Person.name), col(_StandIn.name), col(Agency.zone))
    .join(_Person, col(_Person.id) == col(StandInEntry.staff_id))
    .join(_StandIn, col(_StandIn.id) == col(StandInEntry.stand_in_id))
    .join(Agency, col(Agency.id) == col(_Person.agency_id))
    .order_by(col(_Person.name), col(_Person.id))
)
# UNION ends the recursion if absent people stand in for each other.
_STOOD_IN_FOR = text("""
WITH RECURSIVE absent (id) AS (
    SELECT CAST(:staff_id AS int)
    UNION
    SELECT i.staff_id FROM absent a JOIN routing.published_stand_in i ON i.stand_in_id = a.id
    WHERE i.begins_at <= :now AND :now < i.ends_at
)
SELECT id FROM absent
""")
