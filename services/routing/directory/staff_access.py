"""Access of people: taking them back, a new password, resetting the second factor."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts import second_factor
from services.routing.accounts.password_links import take_password
from services.routing.accounts.sessions import revoke_all
from services.routing.directory.log import changed, record
from services.routing.directory.people import PersonMade, active_person, with_one_time_link
from services.routing.management_rights import (
    Managing,
    Person,
    agency_to_work_at,
    check_role,
    person_in_reach,
)
from services.routing.models import StaffMember
from services.routing.second_person.endpoints import RequestToConfirm, request_shown
from services.routing.second_person.models import Kind
from services.routing.second_person.requests import ask, in_force, is_guarded, use
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import conflict
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.values.ids import AgencyId
from shared.values.words import Form

router = APIRouter(
    prefix="/management/staff",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


WAITS: dict[int | str, dict[str, Any]] = {
    202: {"model": RequestToConfirm, "description": "A second person has to grant it"}
}


class Return(Form):
    """The agency to which the person comes back; another one if the former was removed too."""

    agency_id: AgencyId | None = None


@router.post("/{staff_id}/restore", responses=WAITS)
async def restore_person(
    staff_id: Id,
    staff: Managing,
    session: Transaction,
    request: Request,
    response: Response,
    form: Return | None = None,
) -> PersonMade | RequestToConfirm:
    """Take back a person who was removed; they choose a new password with the link. For an admin of
    people, 202 until a second person has granted it."""
    person = await person_in_reach(session, staff, staff_id)
    if person.active:
        raise conflict("person_active")
    chosen = form.agency_id if form else None
    where = await agency_to_work_at(session, staff, chosen or person.agency_id)
    check_role(staff, person.role, where)
    if waits := await _for_a_second(session, staff, Kind.RESTORE, person):
        response.status_code = 202
        return waits
    back = {"active": True, "password_hash": "", "agency_id": where.id}
    await session.execute(update(StaffMember).where(col(StaffMember.id) == staff_id).values(back))
    moved = changed({"agency_id": person.agency_id}, {"agency_id": where.id})
    record(session, staff, where.id, "staff", staff_id, "restore", **moved)
    return await with_one_time_link(session, request, staff_id, first=False)


@router.post("/{staff_id}/password-link", responses=WAITS)
async def reset_password(
    staff_id: Id, staff: Managing, session: Transaction, request: Request, response: Response
) -> PersonMade | RequestToConfirm:
    """Make a new link; the present password and all sessions end at once. For an admin of people,
    202 until a second person has granted it; a grant works once."""
    person = await active_person(session, staff, staff_id)
    if waits := await _for_a_second(session, staff, Kind.PASSWORD, person):
        response.status_code = 202
        return waits
    had_password = await take_password(session, staff_id)
    record(session, staff, person.agency_id, "staff", staff_id, "reset_password")
    return await with_one_time_link(session, request, staff_id, first=not had_password)


@router.delete("/{staff_id}/second-factor", status_code=204, response_model=None, responses=WAITS)
async def reset_second_factor(staff_id: Id, staff: Managing, session: Transaction) -> Response:
    """Delete the second factor of a person who lost it; all sessions end. For an admin of people,
    202 until a second person has granted it; a grant works once."""
    person = await active_person(session, staff, staff_id)
    if waits := await _for_a_second(session, staff, Kind.SECOND_FACTOR, person):
        return JSONResponse(waits.model_dump(mode="json"), 202)
    await second_factor.forget(session, staff_id)
    await revoke_all(session, staff_id)
    record(session, staff, person.agency_id, "staff", staff_id, "reset_second_factor")
    return Response(status_code=204)


async def _for_a_second(
    session: AsyncSession, staff: Staff, kind: Kind, person: Person
) -> RequestToConfirm | None:
    """None if the caller may proceed, which uses up a grant; otherwise the waiting request."""
    if not await is_guarded(session, person.id, person.role):
        return None
    if granted := await in_force(session, staff.id, kind, person.id):
        await use(session, granted)
        return None
    pending = await ask(session, staff, kind, person.id)
    return await request_shown(session, staff, pending.id)
