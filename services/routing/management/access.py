"""How people get in: taken back, a new password, a second factor reset."""

from fastapi import APIRouter, Request
from sqlalchemy import text

from services.routing.management import second_factor
from services.routing.management.authority import (
    Managing,
    agency_to_work_at,
    check_role,
    person_in_reach,
)
from services.routing.management.log import changed, record
from services.routing.management.password_links import take_password
from services.routing.management.people import PersonMade, StaffId, active_person, made
from services.routing.sessions import revoke_all
from services.routing.words import Form
from shared.http.documentation import problem_responses
from shared.http.problems import conflict
from shared.http.transaction import Transaction

router = APIRouter(
    prefix="/management/staff",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


class Return(Form):
    """Where somebody comes back to: at another agency where the former one was removed too."""

    agency_id: int | None = None


@router.post("/{staff_id}/restore")
async def restore_person(
    staff_id: StaffId,
    staff: Managing,
    session: Transaction,
    request: Request,
    form: Return | None = None,
) -> PersonMade:
    """Take somebody back who was removed; a new password is chosen by the link."""
    person = await person_in_reach(session, staff, staff_id)
    if person.active:
        raise conflict("person_active")
    chosen = form.agency_id if form else None
    where = await agency_to_work_at(session, staff, chosen or person.agency_id)
    check_role(staff, person.role, where)
    await session.execute(_RESTORE, {"id": staff_id, "agency_id": where.id})
    moved = changed({"agency_id": person.agency_id}, {"agency_id": where.id})
    record(session, staff, where.id, "staff", staff_id, "restore", **moved)
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


_RESTORE = text(
    "UPDATE routing.staff SET active = true, password_hash = '', agency_id = :agency_id"
    " WHERE id = :id"
)
