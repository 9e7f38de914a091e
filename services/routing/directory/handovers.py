"""Hand-overs of many reports at once: of an officer, of a unit, of an agency removed."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.authority import Managing, agency_in_reach
from services.routing.directory.log import record
from services.routing.directory.orphaned_requests import check_taking
from services.routing.management_models import Handover
from shared.command_requests.directory import Agency
from shared.http.documentation import problem_responses
from shared.http.paths import AgencyId
from shared.http.problems import FieldError, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.words import Form


class HandoverForm(Form):
    """`reports`: the open reports that an agency handles go to another, clocks and requests as
    they are. `assignments`: an officer's open reports are assigned to a colleague, who works at
    the same agency, or at the one where the reports stayed when the officer left it."""

    kind: Literal["reports", "assignments"]
    from_id: int
    to_id: int


class HandoverShown(BaseModel):
    id: UUID
    kind: Literal["agency", "reports", "assignments", "chains"]
    from_id: int
    to_id: int
    total: int
    handed: int
    asked_at: datetime
    finished_at: datetime | None


router = APIRouter(
    prefix="/management/handovers",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.post("", status_code=202)
async def hand_over(form: HandoverForm, staff: Managing, session: Transaction) -> HandoverShown:
    """Hand over all open reports. The worker does it; ask again for its progress."""
    if form.from_id == form.to_id:
        raise validation(FieldError("to_id", "same_as_from"))
    if form.kind == "reports":
        giver = await agency_in_reach(session, staff, form.from_id, field="from_id")
        taker = await agency_in_reach(session, staff, form.to_id, field="to_id")
        total = await _reports_to_take(session, giver, taker)
        await check_taking(session, giver.id, taker)
        agency_id = giver.id
    else:
        agency_id, total = await _office(session, staff, form)
    asked = await ask_for_handover(
        session, staff, form.kind, form.from_id, form.to_id, agency_id, total
    )
    record(
        session, staff, agency_id, "handover", asked.id, form.kind,
        from_id=form.from_id, to_id=form.to_id, total=total,
    )  # fmt: skip
    return await show_handover(session, asked.id)


@router.get("/{handover_id}")
async def read_handover(handover_id: UUID, staff: Managing, session: Transaction) -> HandoverShown:
    """How far a hand-over is, of the own agency or one below."""
    agency_id = await session.scalar(_AGENCY, {"id": handover_id})
    if agency_id is None:
        raise not_found("handover_not_found")
    await agency_in_reach(session, staff, agency_id)
    return await show_handover(session, handover_id)


class Duty(BaseModel):
    """Open reports assigned to somebody at one agency, which the person may have left."""

    agency_id: int
    agency_name: str
    reports: int


class Duties(BaseModel):
    """Those at agencies in the reach of the person who asks."""

    id: int
    name: str
    agencies: list[Duty]


@router.get("/duties/{staff_id}")
async def read_duties(staff_id: AgencyId, staff: Managing, session: Transaction) -> Duties:
    """What is assigned to a person, by the agency where it is: that is where a colleague can
    take it over, also of somebody who has moved away or left."""
    given = {"id": staff_id, "reach": [staff.agency_id]}
    found = (await session.execute(_DUTIES, given)).mappings().all()
    person = (await session.execute(_PERSON, given)).one_or_none()
    if person is None or not (found or person.in_reach):
        raise not_found("person_not_found")
    return Duties(id=staff_id, name=person.name, agencies=[Duty(**row) for row in found])


async def ask_for_handover(
    session: AsyncSession,
    staff: Staff,
    kind: str,
    from_id: int,
    to_id: int,
    agency_id: int,
    total: int,
) -> Handover:
    """Save it for the worker. `total` reports are to be handed over as things stand."""
    asked = Handover(
        id=uuid4(),
        kind=kind,
        from_id=from_id,
        to_id=to_id,
        agency_id=agency_id,
        total=total,
        staff_id=staff.id,
        role=staff.role,
        staff_agency_id=staff.agency_id,
    )
    session.add(asked)
    await session.flush()
    return asked


async def show_handover(session: AsyncSession, handover_id: UUID) -> HandoverShown:
    row = (await session.execute(_ONE, {"id": handover_id})).mappings().one()
    return HandoverShown.model_validate(dict(row))


async def _reports_to_take(session: AsyncSession, giver: Agency, taker: Agency) -> int:
    """How many; 409 where the taker has nobody for the step they owe."""
    counts = (await session.execute(_OPEN, {"id": giver.id})).one()
    to_verify, to_follow_up = counts.to_verify, counts.to_follow_up
    if not taker.active or not taker.is_connected(to_verify=to_verify > 0):
        raise conflict("agency_not_connected")
    return int(to_verify + to_follow_up)


async def _office(session: AsyncSession, staff: Staff, form: HandoverForm) -> tuple[int, int]:
    """The agency in reach at which both work, or where who takes over works and who gives has
    left reports; and how many there are. Only who takes over need be active."""
    given = {"ids": [form.from_id, form.to_id]}
    people = {row.id: row for row in (await session.execute(_PEOPLE, given)).all()}
    giver, taker = people.get(form.from_id), people.get(form.to_id)
    if giver is None:
        raise validation(FieldError("from_id", "person_unknown"))
    total = 0
    if taker is not None and taker.active:
        at_taker = {"agency": taker.agency_id, "id": form.from_id}
        total = int(await session.scalar(_ASSIGNED, at_taker) or 0)
        if total or taker.agency_id == giver.agency_id:
            await agency_in_reach(session, staff, taker.agency_id, field="to_id")
            return int(taker.agency_id), total
    await agency_in_reach(session, staff, giver.agency_id, field="from_id")
    raise validation(FieldError("to_id", "not_a_colleague"))


_ONE = text(
    "SELECT h.id, h.kind, h.from_id, h.to_id, h.total, h.asked_at, p.finished_at,"
    " CASE WHEN p.finished_at IS NULL THEN least(coalesce(p.handed, 0), h.total) ELSE h.total END"
    " AS handed FROM routing.handover h LEFT JOIN lifecycle.handover_progress p ON p.id = h.id"
    " WHERE h.id = :id"
)
_AGENCY = text("SELECT agency_id FROM routing.handover WHERE id = :id")
_OPEN = text(
    "SELECT count(*) FILTER (WHERE tab IN ('unverified', 'deferred')) AS to_verify,"
    " count(*) FILTER (WHERE tab IN ('awaiting_follow_up', 'in_process')) AS to_follow_up"
    " FROM lifecycle.report WHERE handler_id = :id"
    " AND tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')"
)
_ASSIGNED = text(
    "SELECT count(*) FROM lifecycle.report WHERE handler_id = :agency AND assignee_id = :id"
    " AND tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')"
)
_DUTIES = text(
    "SELECT d.id AS agency_id, d.name AS agency_name, count(*) AS reports"
    " FROM lifecycle.report r JOIN routing.agency d ON d.id = r.handler_id"
    " WHERE r.assignee_id = :id AND d.path @> CAST(:reach AS bigint[])"
    " AND r.tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')"
    " GROUP BY 1, 2 ORDER BY 2, 1"
)
_PERSON = text(
    "SELECT s.name, a.path @> CAST(:reach AS bigint[]) AS in_reach"
    " FROM routing.staff s JOIN routing.agency a ON a.id = s.agency_id WHERE s.id = :id"
)
_PEOPLE = text("SELECT id, agency_id, active FROM routing.staff WHERE id = ANY (:ids)")
