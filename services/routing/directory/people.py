"""*Manajemen Pengguna*: adding, changing and removing people of the own agency and those below."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.password_links import OneTimeLink, make_link, withdraw_links
from services.routing.accounts.sessions import revoke_all
from services.routing.accounts.staff_email import (
    enter_email,
    mail_password_link,
    mail_proof_link,
    read_emails,
)
from services.routing.directory.log import changed, record
from services.routing.directory.people_shown import ManagedPerson, find_person
from services.routing.directory.unique_names import save
from services.routing.management_rights import (
    Managing,
    Person,
    agency_to_work_at,
    check_role,
    person_in_reach,
)
from services.routing.models import StaffMember, StaffSession
from services.routing.second_person.requests import note_new_admin
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.paths import Id
from shared.http.problems import conflict
from shared.http.transaction import Transaction
from shared.lifecycle.people import Role
from shared.privacy.identity import IdentityCipher
from shared.values.emails import EmailOrNothing
from shared.values.ids import AgencyId
from shared.values.words import Form, Name

USERNAME = r"^[a-z0-9][a-z0-9._-]{1,63}$"
Username = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=USERNAME)]


class NewPerson(Form):
    username: Username
    name: Name
    role: Role
    agency_id: AgencyId
    email: EmailOrNothing = Field("", repr=False)


class PersonChange(Form):
    """Fields that are left out stay as they are. A change of role or agency ends sessions and makes
    a waiting link invalid. A new `email` must be proven; an empty one removes the address."""

    name: Name | None = None
    role: Role | None = None
    agency_id: AgencyId | None = None
    email: EmailOrNothing | None = Field(None, repr=False)


class PersonMade(BaseModel):
    """`mailed`: the link was also sent to the person's address."""

    person: ManagedPerson
    link: OneTimeLink
    mailed: bool


ADDRESSES = Limit("staff_addresses", 60, 3600)
"""Addresses that one person enters: their owners did not ask for the mail they receive."""

router = APIRouter(
    prefix="/management/staff",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.post("", status_code=201, responses=problem_responses(429))
async def add_person(
    form: NewPerson, staff: Managing, session: Transaction, request: Request
) -> PersonMade:
    """Add a person. The link with which they choose a password is shown only this once, and mailed
    if there is an address. One admin can enter 60 addresses an hour."""
    if form.email:
        await rate_limits(request).take(ADDRESSES, str(staff.id))
    where = await agency_to_work_at(session, staff, form.agency_id)
    check_role(staff, form.role, where)
    values = form.model_dump(mode="json", exclude={"email"})
    member = StaffMember(**values, password_hash="")
    await save(session, member, "username_taken")
    assert member.id is not None
    record(session, staff, where.id, "staff", member.id, "add", **values)
    await enter_email(session, request.app.state.identity, member.id, form.email)
    await note_new_admin(session, staff, member.id, member.role)
    return await with_one_time_link(session, request, member.id, first=True)


@router.patch("/{staff_id}", responses=problem_responses(429))
async def change_person(
    staff_id: Id, form: PersonChange, staff: Managing, session: Transaction, request: Request
) -> ManagedPerson:
    """Change a person's name, role, agency or e-mail address."""
    person = await active_person(session, staff, staff_id)
    before = {"name": person.name, "role": person.role.value, "agency_id": person.agency_id}
    named = form.model_dump(mode="json", exclude_none=True, exclude={"email"})
    after = {**before, **named}
    where = await agency_to_work_at(session, staff, after["agency_id"])
    check_role(staff, Role(after["role"]), where)
    if not Role(after["role"]).is_central:
        await _check_not_the_last_of_pusat(session, person)
    differences = changed(before, after)
    if differences:
        member = update(StaffMember).where(col(StaffMember.id) == staff_id)
        await session.execute(member.values(after))
    cipher = request.app.state.identity
    if form.email is not None:
        if form.email:
            await rate_limits(request).take(ADDRESSES, str(staff.id))
        differences |= await _change_email(session, cipher, staff_id, form.email)
    if differences:
        record(session, staff, person.agency_id, "staff", staff_id, "change", **differences)
    if differences.keys() & {"role", "agency_id"}:
        await revoke_all(session, staff_id)
        await withdraw_links(session, [staff_id])
    if "role" in differences:
        await note_new_admin(session, staff, staff_id, after["role"])
    return await _managed_person(session, cipher, staff_id)


@router.delete("/{staff_id}", status_code=204)
async def remove_person(staff_id: Id, staff: Managing, session: Transaction) -> None:
    """Remove a person. Their actions stay in the histories; their sessions end at once."""
    person = await active_person(session, staff, staff_id)
    await _check_not_the_last_of_pusat(session, person)
    await deactivate(session, [staff_id])
    record(session, staff, person.agency_id, "staff", staff_id, "remove")


async def deactivate(session: AsyncSession, staff_ids: list[int]) -> None:
    """Make these people unable to sign in; their sessions and links end at once. Rows are locked in
    the same order as by those who make links or end sessions, to avoid deadlocks."""
    ended = {"active": False, "token_version": col(StaffMember.token_version) + 1}
    id, session_id = col(StaffMember.id), col(StaffSession.id)
    people = select(id).where(id.in_(staff_ids)).order_by(id).with_for_update(key_share=True)
    await session.execute(update(StaffMember).where(id.in_(people)).values(ended))
    sessions = select(session_id).where(col(StaffSession.staff_id).in_(staff_ids))
    in_order = sessions.order_by(session_id).with_for_update()
    await session.execute(delete(StaffSession).where(session_id.in_(in_order)))
    await withdraw_links(session, staff_ids)


async def active_person(session: AsyncSession, staff: Managing, staff_id: int) -> Person:
    """A person whom the caller manages; 409 for a person who was removed."""
    person = await person_in_reach(session, staff, staff_id)
    if not person.active:
        raise conflict("person_removed")
    return person


async def _check_not_the_last_of_pusat(session: AsyncSession, person: Person) -> None:
    if not person.role.is_central:
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


async def with_one_time_link(
    session: AsyncSession, request: Request, staff_id: int, *, first: bool
) -> PersonMade:
    """The person with a new one-time link. The link is also mailed: to a proven address or, for the
    `first` password, also to an unproven one."""
    cipher = request.app.state.identity
    link = await make_link(session, request.app.state.settings.public_base_url, staff_id)
    person = await _managed_person(session, cipher, staff_id)
    mailed = person.email_state == "proven" or (first and person.email_state == "unproven")
    if mailed:
        await mail_password_link(session, cipher, staff_id, link.url, first=first)
    return PersonMade(person=person, link=link, mailed=mailed)


async def _change_email(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, email: str
) -> dict[str, list[bool]]:
    """Set a new address. Returns whether there was one before and is one now, for the log, which
    holds no addresses; empty if it does not change."""
    before = (await read_emails(session, cipher, [staff_id])).get(staff_id, "")
    if before == email:
        return {}
    await enter_email(session, cipher, staff_id, email)
    await mail_proof_link(session, staff_id)
    return {"email": [bool(before), bool(email)]}


async def _managed_person(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int
) -> ManagedPerson:
    person = await find_person(session, cipher, staff_id)
    assert person is not None
    return person


_ONE_OF_PUSAT_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("last_central_admin")))
