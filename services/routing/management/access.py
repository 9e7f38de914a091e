"""How people get in: taken back, a new password, a second factor reset."""

from fastapi import APIRouter, Request
from sqlalchemy import text

from services.routing.management import second_factor
from services.routing.management.authority import Managing, agency_to_work_at, person_in_reach
from services.routing.management.log import record
from services.routing.management.password_links import take_password
from services.routing.management.people import PersonMade, StaffId, active_person, made
from services.routing.sessions import revoke_all
from shared.http.documentation import problem_responses
from shared.http.problems import conflict
from shared.http.transaction import Transaction

router = APIRouter(
    prefix="/management/staff",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.post("/{staff_id}/restore")
async def restore_person(
    staff_id: StaffId, staff: Managing, session: Transaction, request: Request
) -> PersonMade:
    """Take somebody back who was removed; a new password is chosen by the link."""
    person = await person_in_reach(session, staff, staff_id)
    if person.active:
        raise conflict("person_active")
    await agency_to_work_at(session, staff, person.agency_id)
    await session.execute(_RESTORE, {"id": staff_id})
    record(session, staff, person.agency_id, "staff", staff_id, "restore")
    return await made(session, request, staff_id)


@router.post("/{staff_id}/password-link")
async def reset_password(
    staff_id: StaffId, staff: Managing, session: Transaction, request: Request
) -> PersonMade:
    """A new link; the present password and all sessions end at once."""
    person = await active_person(session, staff, staff_id)
    await take_password(session, staff_id)
    record(session, staff, person.agency_id, "staff", staff_id, "reset_password")
    return await made(session, request, staff_id)


@router.delete("/{staff_id}/second-factor", status_code=204)
async def reset_second_factor(staff_id: StaffId, staff: Managing, session: Transaction) -> None:
    """Forget the second factor of somebody who lost it; all sessions end."""
    person = await active_person(session, staff, staff_id)
    await second_factor.forget(session, staff_id)
    await revoke_all(session, staff_id)
    record(session, staff, person.agency_id, "staff", staff_id, "reset_second_factor")


_RESTORE = text("UPDATE routing.staff SET active = true, password_hash = '' WHERE id = :id")
