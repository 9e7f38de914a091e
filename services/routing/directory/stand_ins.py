"""Naming a stand-in (*Plt.*): for oneself or, as an admin, for people one manages."""

from datetime import date, datetime, time, timedelta

from fastapi import APIRouter
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import record
from services.routing.directory.people import active_person
from services.routing.management_rights import Managing
from services.routing.models import Agency, StaffMember, StandIn
from services.routing.stand_ins import StandIns, stand_ins
from shared.clock import now
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import FieldError, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.calendar import Zone
from shared.values.fields import Day
from shared.values.ids import PersonId
from shared.values.words import Form

LONGEST = timedelta(days=366)


class NewStandIn(Form):
    """A person of the same agency and role. The days, up to the end of the last, are in the
    agency's zone."""

    stand_in_id: PersonId
    first_day: Day
    last_day: Day


router = APIRouter(tags=["stand-ins"], responses=problem_responses(401, 403, 422))
_OF_A_PERSON = "/management/staff/{staff_id}/stand-in"


@router.get("/me/stand-in")
async def own_stand_in(staff: CurrentStaff, session: Transaction) -> StandIns:
    """One's own stand-in, and the people for whom one stands in."""
    return await stand_ins(session, staff.id)


@router.put("/me/stand-in")
async def name_own_stand_in(
    form: NewStandIn, staff: CurrentStaff, session: Transaction
) -> StandIns:
    """Name a person of the own agency and role as one's stand-in, first to last day."""
    return await _name(session, staff, staff.id, form)


@router.delete("/me/stand-in", status_code=204)
async def end_own_stand_in(staff: CurrentStaff, session: Transaction) -> None:
    """End one's own stand-in early: one is back before the last day, or does not leave."""
    await _end(session, staff, staff.id)


@router.get(_OF_A_PERSON, responses=problem_responses(404, 409))
async def stand_in_of(staff_id: Id, staff: Managing, session: Transaction) -> StandIns:
    """As `GET /me/stand-in`, for a person one manages."""
    person = await active_person(session, staff, staff_id)
    return await stand_ins(session, person.id)


@router.put(_OF_A_PERSON, responses=problem_responses(404, 409))
async def name_stand_in_of(
    staff_id: Id, form: NewStandIn, staff: Managing, session: Transaction
) -> StandIns:
    """Name a stand-in for a person who cannot do it themselves, such as one who fell ill."""
    person = await active_person(session, staff, staff_id)
    return await _name(session, staff, person.id, form)


@router.delete(_OF_A_PERSON, status_code=204, responses=problem_responses(404, 409))
async def end_stand_in_of(staff_id: Id, staff: Managing, session: Transaction) -> None:
    """End a person's stand-in early: they are back before the last day, or do not leave."""
    person = await active_person(session, staff, staff_id)
    await _end(session, staff, person.id)


async def _name(session: AsyncSession, by: Staff, staff_id: int, form: NewStandIn) -> StandIns:
    """Save the stand-in, replacing an earlier one. 422 for a person of another agency or role, and
    for days that are past, in the wrong order, or more than a year."""
    person = await session.get_one(StaffMember, staff_id)
    zone = Zone((await session.get_one(Agency, person.agency_id)).zone)
    stand_in = await session.get(StaffMember, form.stand_in_id)
    if (
        stand_in is None
        or not stand_in.active
        or stand_in.id == staff_id
        or (stand_in.agency_id, stand_in.role) != (person.agency_id, person.role)
    ):
        raise validation(FieldError("stand_in_id", "no_stand_in"))
    if form.last_day < form.first_day:
        raise validation(FieldError("last_day", "ends_before_it_begins"))
    if form.last_day < now().astimezone(zone.offset).date():
        raise validation(FieldError("last_day", "day_is_over"))
    if form.last_day - form.first_day >= LONGEST:
        raise validation(FieldError("last_day", "longer_than_a_year"))
    row = {
        "staff_id": staff_id,
        "stand_in_id": form.stand_in_id,
        "begins_at": _midnight(form.first_day, zone),
        "ends_at": _midnight(form.last_day + timedelta(days=1), zone),
    }
    named = insert(StandIn).values(row)
    await session.execute(named.on_conflict_do_update(index_elements=["staff_id"], set_=row))
    record(
        session, by, person.agency_id, "staff", staff_id, "stand_in",
        **form.model_dump(mode="json"), stand_in=stand_in.name,
    )  # fmt: skip
    return await stand_ins(session, staff_id)


async def _end(session: AsyncSession, by: Staff, staff_id: int) -> None:
    """End a stand-in early; does nothing if there is none."""
    ended = delete(StandIn).where(col(StandIn.staff_id) == staff_id)
    if await session.scalar(ended.returning(col(StandIn.staff_id))) is not None:
        person = await session.get_one(StaffMember, staff_id)
        record(session, by, person.agency_id, "staff", staff_id, "stand_in_ended")


def _midnight(day: date, zone: Zone) -> datetime:
    return datetime.combine(day, time(), zone.offset)
