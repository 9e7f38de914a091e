"""*Manajemen Pengguna*: the people of the own agency and those below, as their admins keep them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Row, Select, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.password_links import OneTimeLink, make_link, withdraw_links
from services.routing.accounts.sessions import revoke_all
from services.routing.directory.log import changed, record
from services.routing.directory.unique_names import save
from services.routing.management_models import PasswordLink, SecondFactor
from services.routing.management_rights import (
    Managing,
    Person,
    agency_in_reach,
    agency_to_work_at,
    check_role,
    person_in_reach,
)
from services.routing.models import Agency, StaffMember, StaffSession
from services.routing.second_person.requests import note_new_admin
from shared.command_requests.directory import agency
from shared.database.lifecycle import Report
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.problems import conflict, not_found
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import OPEN_TABS
from shared.values.text import NAME_SEARCH_LIMIT
from shared.values.words import Form, Name

USERNAME = r"^[a-z0-9][a-z0-9._-]{1,63}$"
Username = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=USERNAME)]
StaffId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NewPerson(Form):
    username: Username
    name: Name
    role: Role
    agency_id: int


class PersonChange(Form):
    """What is left out stays. A change of role or agency ends sessions, and a link that waits."""

    name: Name | None = None
    role: Role | None = None
    agency_id: int | None = None


class ManagedPerson(BaseModel):
    """`has_password`: a link was used; `link_until`: one waits to be used."""

    id: int
    username: str
    name: str
    role: Role
    role_label: str
    agency_id: int
    agency_name: str
    active: bool
    has_password: bool
    second_factor: bool
    link_until: datetime | None
    assigned: int = Field(
        description="Open reports assigned to the person, also at an agency left since"
    )


class PersonMade(BaseModel):
    person: ManagedPerson
    link: OneTimeLink


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    id: int


router = APIRouter(
    prefix="/management/staff",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.get("")
async def list_people(
    staff: Managing,
    session: Transaction,
    q: Annotated[str | None, Query(min_length=1, max_length=NAME_SEARCH_LIMIT)] = None,
    agency_id: Annotated[int | None, Query(description="This agency and those below")] = None,
    role: Role | None = None,
    active: bool = True,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[ManagedPerson]:
    """People by name, found by words of their name or user name."""
    below = await agency_in_reach(session, staff, agency_id or staff.agency_id)
    last = decode_cursor(cursor, _Position)
    name, id = col(StaffMember.name), col(StaffMember.id)
    named = name + " " + col(StaffMember.username)
    words = [named.icontains(word, autoescape=True) for word in (q or "").split()]
    matching = _people().where(col(Agency.path).contains([below.id]), *words)
    matching = matching.where(col(StaffMember.active) == active)
    if role is not None:
        matching = matching.where(col(StaffMember.role) == role)
    if last is not None:
        matching = matching.where(tuple_(name, id) > (last.name, last.id))
    rows = (await session.execute(matching.order_by(name, id).limit(limit + 1))).all()
    items = [_shown(row) for row in rows[:limit]]
    more = len(rows) > limit
    position = _Position(name=items[-1].name, id=items[-1].id) if more else None
    return Page(items=items, next=encode_cursor(position) if position else None)


@router.post("", status_code=201)
async def add_person(
    form: NewPerson, staff: Managing, session: Transaction, request: Request
) -> PersonMade:
    """Add somebody. The link, by which they choose a password, is shown this once."""
    where = await agency_to_work_at(session, staff, form.agency_id)
    check_role(staff, form.role, where)
    member = StaffMember(**form.model_dump(mode="json"), password_hash="")
    await save(session, member, "username_taken")
    assert member.id is not None
    record(session, staff, where.id, "staff", member.id, "add", **form.model_dump(mode="json"))
    await note_new_admin(session, staff, member.id, member.role)
    return await made(session, request, member.id)


@router.get("/{staff_id}")
async def read_person(staff_id: StaffId, staff: Managing, session: Transaction) -> ManagedPerson:
    """One person of the own agency or one below."""
    person = await _one(session, staff_id)
    where = await agency(session, person.agency_id) if person else None
    if person is None or where is None or not where.is_or_stands_below(staff.agency_id):
        raise not_found("person_not_found")
    return person


@router.patch("/{staff_id}")
async def change_person(
    staff_id: StaffId, form: PersonChange, staff: Managing, session: Transaction
) -> ManagedPerson:
    """Change name, role or agency."""
    person = await active_person(session, staff, staff_id)
    before = {"name": person.name, "role": person.role.value, "agency_id": person.agency_id}
    after = {**before, **form.model_dump(mode="json", exclude_none=True)}
    where = await agency_to_work_at(session, staff, after["agency_id"])
    check_role(staff, Role(after["role"]), where)
    if after["role"] != Role.CENTRAL_ADMIN:
        await _check_not_the_last_of_pusat(session, person)
    differences = changed(before, after)
    if differences:
        member = update(StaffMember).where(col(StaffMember.id) == staff_id)
        await session.execute(member.values(after))
        record(session, staff, person.agency_id, "staff", staff_id, "change", **differences)
    if differences.keys() & {"role", "agency_id"}:
        await revoke_all(session, staff_id)
        await withdraw_links(session, [staff_id])
    if "role" in differences:
        await note_new_admin(session, staff, staff_id, after["role"])
    return _known(await _one(session, staff_id))


@router.delete("/{staff_id}", status_code=204)
async def remove_person(staff_id: StaffId, staff: Managing, session: Transaction) -> None:
    """Remove somebody: what they did stays in the histories, their sessions end at once."""
    person = await active_person(session, staff, staff_id)
    await _check_not_the_last_of_pusat(session, person)
    await deactivate(session, [staff_id])
    record(session, staff, person.agency_id, "staff", staff_id, "remove")


async def deactivate(session: AsyncSession, staff_ids: list[int]) -> None:
    """These people cannot sign in any more; sessions and links end at once."""
    ended = {"active": False, "token_version": col(StaffMember.token_version) + 1}
    members = update(StaffMember).where(col(StaffMember.id).in_(staff_ids))
    await session.execute(members.values(ended))
    await session.execute(delete(StaffSession).where(col(StaffSession.staff_id).in_(staff_ids)))
    await withdraw_links(session, staff_ids)


async def active_person(session: AsyncSession, staff: Managing, staff_id: int) -> Person:
    """Somebody the caller manages; 409 for anyone who was removed."""
    person = await person_in_reach(session, staff, staff_id)
    if not person.active:
        raise conflict("person_removed")
    return person


async def _check_not_the_last_of_pusat(session: AsyncSession, person: Person) -> None:
    if person.role is not Role.CENTRAL_ADMIN:
        return
    await session.execute(_ONE_OF_PUSAT_AT_A_TIME)  # two could remove each other
    others = select(col(StaffMember.id)).where(
        col(StaffMember.role) == Role.CENTRAL_ADMIN,
        col(StaffMember.active),
        col(StaffMember.password_hash) != "",
        col(StaffMember.id) != person.id,
    )
    if await session.scalar(others.limit(1)) is None:
        raise conflict("last_central_admin")


async def made(session: AsyncSession, request: Request, staff_id: int) -> PersonMade:
    """The person with a new one-time link."""
    link = await make_link(session, request.app.state.settings.public_base_url, staff_id)
    return PersonMade(person=_known(await _one(session, staff_id)), link=link)


async def _one(session: AsyncSession, staff_id: int) -> ManagedPerson | None:
    people = await session.execute(_people().where(col(StaffMember.id) == staff_id))
    row = people.one_or_none()
    return _shown(row) if row else None


def _known(person: ManagedPerson | None) -> ManagedPerson:
    assert person is not None
    return person


def _shown(row: "Row[StaffMember, str, bool, datetime | None, int]") -> ManagedPerson:
    member, agency_name, second_factor, link_until, assigned = row
    return ManagedPerson(
        **member.model_dump(),
        role_label=label("role", member.role),
        agency_name=agency_name,
        has_password=member.password_hash != "",
        second_factor=second_factor,
        link_until=link_until,
        assigned=assigned,
    )


def _people() -> "Select[StaffMember, str, bool, datetime | None, int]":
    """Members of staff with what `_shown` adds to them."""
    id = col(StaffMember.id)
    link = select(col(PasswordLink.expires_at)).where(
        col(PasswordLink.staff_id) == id, col(PasswordLink.expires_at) > func.now()
    )
    assigned = select(func.count()).where(
        col(Report.assignee_id) == id, col(Report.tab).in_(OPEN_TABS)
    )
    confirmed = col(SecondFactor.confirmed_at).is_not(None)
    counted = link.scalar_subquery(), assigned.scalar_subquery()
    people = select(StaffMember, col(Agency.name), confirmed, *counted)
    people = people.join(Agency, col(Agency.id) == col(StaffMember.agency_id))
    return people.outerjoin(SecondFactor, col(SecondFactor.staff_id) == id)


_ONE_OF_PUSAT_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("last_central_admin")))
