"""People as the admins who manage them see them: all of the own agency and those below, or one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.staff_email import EmailState, email_states, read_emails
from services.routing.management_models import PasswordLink, SecondFactor
from services.routing.management_rights import (
    Managing,
    agency_in_reach,
    roles_to_manage,
)
from services.routing.models import Agency, StaffMember
from services.routing.stand_ins import ShownStandIn, in_force_of
from shared.command_requests.directory import agency
from shared.database.lifecycle import Report
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import Id
from shared.http.problems import not_found
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import OPEN_TABS
from shared.privacy.identity import IdentityCipher
from shared.values.ids import AgencyId
from shared.values.text import NAME_SEARCH_LIMIT


class ManagedPerson(BaseModel):
    """`has_password`: a link was used; `link_until`: an unused link is valid until then. Only those
    who manage the person see `email`; it is empty if there is none."""

    id: int
    username: str
    name: str
    role: Role
    role_label: str
    agency_id: int
    agency_name: str
    email: str
    email_state: EmailState
    active: bool
    has_password: bool
    second_factor: bool
    link_until: datetime | None
    assigned: int = Field(
        description="Open reports assigned to the person, including those at a former agency"
    )
    stand_in: ShownStandIn | None = Field(description="Who stands in for the person today")


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
    request: Request,
    q: Annotated[str | None, Query(min_length=1, max_length=NAME_SEARCH_LIMIT)] = None,
    agency_id: Annotated[AgencyId | None, Query(description="This agency and those below")] = None,
    role: Role | None = None,
    active: bool = True,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[ManagedPerson]:
    """People by name; a search matches words of their name or user name."""
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
    shown = await _shown(session, request.app.state.identity, rows[:limit])
    items = [_as_read_by(staff, person) for person in shown]
    more = len(rows) > limit
    position = _Position(name=items[-1].name, id=items[-1].id) if more else None
    return Page(items=items, next=encode_cursor(position) if position else None)


@router.get("/{staff_id}")
async def read_person(
    staff_id: Id, staff: Managing, session: Transaction, request: Request
) -> ManagedPerson:
    """One person of the own agency or one below."""
    person = await find_person(session, request.app.state.identity, staff_id)
    where = await agency(session, person.agency_id) if person else None
    if person is None or where is None or not where.is_or_stands_below(staff.agency_id):
        raise not_found("person_not_found")
    return _as_read_by(staff, person)


async def find_person(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int
) -> ManagedPerson | None:
    """A person of any agency, even a removed one."""
    people = await session.execute(_people().where(col(StaffMember.id) == staff_id))
    shown = await _shown(session, cipher, people.all())
    return shown[0] if shown else None


def _as_read_by(staff: Staff, person: ManagedPerson) -> ManagedPerson:
    """The person, without the address if their role is above the reader's own."""
    if person.role in roles_to_manage(staff):
        return person
    return person.model_copy(update={"email": ""})


async def _shown(
    session: AsyncSession,
    cipher: IdentityCipher,
    rows: "Sequence[Row[StaffMember, str, bool, datetime | None, int]]",
) -> list[ManagedPerson]:
    ids = [row[0].id for row in rows]
    emails = await read_emails(session, cipher, ids)
    states = await email_states(session, ids)
    away = await in_force_of(session, ids)
    return [
        ManagedPerson(
            **member.model_dump(),
            role_label=label("role", member.role),
            agency_name=agency_name,
            email=emails.get(member.id, ""),
            email_state=states.get(member.id, "none"),
            has_password=member.password_hash != "",
            second_factor=second_factor,
            link_until=link_until,
            assigned=assigned,
            stand_in=away.get(member.id),
        )
        for member, agency_name, second_factor, link_until, assigned in rows
    ]


def _people() -> "Select[StaffMember, str, bool, datetime | None, int]":
    """Members of staff, with the columns that `_shown` needs."""
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
