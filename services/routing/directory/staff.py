"""The people of an agency: who can be assigned a report, and adding somebody."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import StaffMember
from services.routing.queue.handlers import agency_asked_for
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.passwords import hash_password
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import Role
from shared.text import normalise


class Colleague(BaseModel):
    id: int
    name: str
    role: str
    role_label: str


class Colleagues(BaseModel):
    items: list[Colleague]


class StaffRefused(ValueError):
    """Somebody who cannot be added; the message says why, in words for the operator."""


router = APIRouter(tags=["staff"], responses=problem_responses(401, 403, 404, 422))


@router.get("/staff")
async def list_staff(
    staff: CurrentStaff,
    session: Transaction,
    agency: Annotated[
        int | None, Query(description="The own agency (default), or one below")
    ] = None,
) -> Colleagues:
    """The active people of an agency, by name."""
    agency_id = await agency_asked_for(session, staff, agency)
    rows = await session.execute(_OF_AGENCY, {"agency_id": agency_id})
    items = [
        Colleague(**row, role_label=label("role", row["role"]))
        for row in map(dict, rows.mappings())
    ]
    return Colleagues(items=items)


async def add_staff(
    session: AsyncSession, *, username: str, name: str, role: Role, agency_code: str, password: str
) -> StaffMember:
    """A new member of staff, saved with the session's transaction. Raises StaffRefused."""
    name = " ".join(normalise(name).split())
    if not name:
        raise StaffRefused("The name has nothing that can be read.")
    agency = (await session.execute(_AGENCY, {"code": agency_code})).one_or_none()
    if agency is None:
        raise StaffRefused(f"There is no active agency with the code {agency_code}.")
    if (role is Role.CENTRAL_ADMIN) and agency.parent_id is not None:
        raise StaffRefused("A central_admin belongs to pusat, the root of the tree.")
    if await session.scalar(_TAKEN, {"username": username}):
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


_OF_AGENCY = text(
    "SELECT id, name, role FROM routing.staff_directory"
    " WHERE agency_id = :agency_id AND active ORDER BY name, id"
)
_AGENCY = text("SELECT id, parent_id FROM routing.agency WHERE code = :code AND active")
_TAKEN = text("SELECT EXISTS (SELECT FROM routing.staff WHERE username = :username)")
