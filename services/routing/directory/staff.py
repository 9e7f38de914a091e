"""The people of an agency: who can be assigned a report, and adding a person."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import Agency, StaffMember
from services.routing.queue.handlers import agency_asked_for
from services.routing.stand_ins import ShownStandIn, in_force_of
from shared.command_requests.directory import works_on_reports
from shared.database.views import StaffEntry
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.passwords import hash_password
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import Role
from shared.values.ids import AgencyId
from shared.values.text import normalise


class Colleague(BaseModel):
    id: int
    name: str
    role: str
    role_label: str
    stand_in: ShownStandIn | None


class Colleagues(BaseModel):
    items: list[Colleague]


class StaffRefused(ValueError):
    """The person cannot be added; the message tells the operator why."""


router = APIRouter(tags=["staff"], responses=problem_responses(401, 403, 404, 422))


@router.get("/staff")
async def list_staff(
    staff: CurrentStaff,
    session: Transaction,
    agency: Annotated[
        AgencyId | None, Query(description="The own agency (default), or one below")
    ] = None,
) -> Colleagues:
    """The active people of an agency who work on reports, by name, each with today's stand-in."""
    agency_id = await agency_asked_for(session, staff, agency)
    active = (
        select(StaffEntry)
        .where(
            col(StaffEntry.agency_id) == agency_id,
            works_on_reports(),
        )
        .order_by(col(StaffEntry.name), col(StaffEntry.id))
    )
    people = (await session.scalars(active)).all()
    away = await in_force_of(session, [person.id for person in people])
    items = [
        Colleague(
            id=person.id,
            name=person.name,
            role=person.role,
            role_label=label("role", person.role),
            stand_in=away.get(person.id),
        )
        for person in people
    ]
    return Colleagues(items=items)


async def add_staff(
    session: AsyncSession, *, username: str, name: str, role: Role, agency_code: str, password: str
) -> StaffMember:
    """A new member of staff, saved with the session's transaction. Raises StaffRefused."""
    name = " ".join(normalise(name).split())
    if not name:
        raise StaffRefused("The name has nothing that can be read.")
    of_code = select(Agency).where(col(Agency.code) == agency_code, col(Agency.active))
    agency = (await session.scalars(of_code)).one_or_none()
    if agency is None or agency.id is None:
        raise StaffRefused(f"There is no active agency with the code {agency_code}.")
    if role.is_central and agency.parent_id is not None:
        raise StaffRefused("A central_admin belongs to pusat, the root of the tree.")
    taken = select(col(StaffMember.id)).where(col(StaffMember.username) == username)
    if await session.scalar(taken) is not None:
        raise StaffRefused(f"The name {username} is taken.")
    member = StaffMember(
        username=username,
        name=name,
        role=role.value,
        agency_id=agency.id,
        password_hash=await hash_password(password),
    )
    session.add(member)
    await session.flush()
    return member
