"""Who may manage whom: nobody beyond the own subtree, nor beyond the own role."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import Agency as Row
from services.routing.models import StaffMember
from shared.command_requests.directory import Agency, agency
from shared.http.auth import CurrentStaff
from shared.http.problems import FieldError, conflict, forbidden, not_found, validation
from shared.http.tokens import Staff
from shared.lifecycle.people import ADMINS, MANAGERS, Role

_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class Person:
    """A member of staff, as an admin manages them."""

    id: int
    username: str
    name: str
    role: Role
    agency_id: int
    active: bool


async def require_admin(staff: CurrentStaff) -> Staff:
    """Require an admin, who keeps what belongs to the own agency. 403 for everybody else."""
    if staff.role not in ADMINS:
        raise forbidden()
    return staff


async def managing(staff: CurrentStaff) -> Staff:
    """Require a coordinating admin, or pusat. 403 for everybody else."""
    if staff.role not in MANAGERS:
        raise forbidden()
    return staff


async def pusat(staff: CurrentStaff) -> Staff:
    """Require the national team. 403 for everybody else."""
    if not staff.role.is_central:
        raise forbidden()
    return staff


AgencyAdmin = Annotated[Staff, Depends(require_admin)]
Managing = Annotated[Staff, Depends(managing)]
Pusat = Annotated[Staff, Depends(pusat)]


async def agency_in_reach(
    session: AsyncSession, staff: Staff, agency_id: int, *, field: str | None = None
) -> Agency:
    """The own agency or one below it, active or not. 404 for any other, or a 422 on `field` if a
    form names it."""
    unit = await agency(session, agency_id)
    if unit is None or not unit.is_or_stands_below(staff.agency_id):
        if field is not None:
            raise validation(FieldError(field, "agency_out_of_reach"))
        raise not_found("agency_not_found")
    return unit


async def agency_to_manage(session: AsyncSession, staff: Staff, agency_id: int) -> Agency:
    """An active agency below the own one; for pusat, also pusat itself. Raises 404, 403 or 409."""
    unit = await agency_in_reach(session, staff, agency_id)
    if not unit.active:
        raise conflict("agency_removed")
    if unit.id == staff.agency_id and not staff.role.is_central:
        raise forbidden("own_agency")
    return unit


async def agency_to_work_at(session: AsyncSession, staff: Staff, agency_id: int) -> Agency:
    """An active agency in reach, named in the form as `agency_id`. The lock keeps it from being
    removed until the caller's transaction ends, so that a removal then sees the person who came to
    it."""
    stays = select(col(Row.id)).where(col(Row.id) == agency_id).with_for_update(read=True)
    await session.execute(stays)
    unit = await agency_in_reach(session, staff, agency_id, field="agency_id")
    if not unit.active:
        raise validation(FieldError("agency_id", "agency_out_of_reach"))
    return unit


def check_role(staff: Staff, role: Role, where: Agency) -> None:
    """Raise a 422 for a role above the own one, or for pusat's role at another agency."""
    if problem := role_problem(staff, role, len(where.path) == 1):
        raise validation(FieldError("role", problem))


def role_problem(staff: Staff, role: Role, at_pusat: bool) -> str | None:
    """The code of the reason why this person may not give the role there, or None."""
    if role not in roles_to_manage(staff):
        return "role_beyond_own"
    if role.is_central and not at_pusat:
        return "role_of_pusat"
    return None


def roles_to_manage(staff: Staff) -> list[Role]:
    """The roles that are not above the own one."""
    return [role for role in Role if _RANK[role] <= _RANK[staff.role]]


async def person_in_reach(session: AsyncSession, staff: Staff, staff_id: int) -> Person:
    """A person of the own subtree whose role is not above the own. 404 outside the subtree, 403 for
    a higher role, 409 for oneself."""
    people = await session.execute(
        select(StaffMember, col(Row.path))
        .join(Row, col(Row.id) == col(StaffMember.agency_id))
        .where(col(StaffMember.id) == staff_id)
        .with_for_update(of=StaffMember, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = people.one_or_none()
    if row is None or staff.agency_id not in row.path:
        raise not_found("person_not_found")
    member = row.StaffMember
    if member.role not in roles_to_manage(staff):
        raise forbidden("role_beyond_own")
    if staff_id == staff.id:
        raise conflict("own_account")
    return Person(
        id=staff_id,
        username=member.username,
        name=member.name,
        role=Role(member.role),
        agency_id=member.agency_id,
        active=member.active,
    )
