"""Handing over many reports at once: from an officer, from a unit, or from a removed agency."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.log import record
from services.routing.directory.orphaned_requests import check_taking
from services.routing.management_models import Handover
from services.routing.management_rights import Managing, agency_in_reach
from services.routing.models import Agency as Row
from services.routing.models import StaffMember
from shared.command_requests.directory import Agency
from shared.database.lifecycle import Report
from shared.database.report_lists import HandoverProgress
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import FieldError, conflict, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.statuses import OPEN_TABS, Tab
from shared.values.ids import PersonId
from shared.values.words import Form


class HandoverForm(Form):
    """`reports`: the open reports that an agency handles go to another; clocks and requests stay as
    they are. `assignments`: an officer's open reports are assigned to a colleague, who works at the
    same agency, or at the one where the reports stayed when the officer left it."""

    kind: Literal["reports", "assignments"]
    from_id: PersonId
    to_id: PersonId


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
    """Hand over all open reports. The worker does it; read the hand-over again for its progress."""
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
    handover = await ask_for_handover(
        session, staff, form.kind, form.from_id, form.to_id, agency_id, total
    )
    record(
        session, staff, agency_id, "handover", handover.id, form.kind,
        from_id=form.from_id, to_id=form.to_id, total=total,
    )  # fmt: skip
    return await show_handover(session, handover.id)


@router.get("/{handover_id}")
async def read_handover(handover_id: UUID, staff: Managing, session: Transaction) -> HandoverShown:
    """The progress of a hand-over of the own agency or one below."""
    handover = await session.get(Handover, handover_id)
    if handover is None:
        raise not_found("handover_not_found")
    await agency_in_reach(session, staff, handover.agency_id)
    return await show_handover(session, handover_id)


class Duty(BaseModel):
    """Open reports assigned to a person at one agency, which the person may have left."""

    agency_id: int
    agency_name: str
    reports: int


class Duties(BaseModel):
    """The person's duties at agencies in the reach of the reader."""

    id: int
    name: str
    agencies: list[Duty]


@router.get("/duties/{staff_id}")
async def read_duties(staff_id: Id, staff: Managing, session: Transaction) -> Duties:
    """The open reports assigned to a person, by the agency that handles them: there a colleague can
    take them over, even if the person has moved away or left."""
    rows = await session.execute(
        select(Row, func.count())
        .join(Report, col(Report.handler_id) == col(Row.id))
        .where(
            col(Report.assignee_id) == staff_id,
            col(Report.tab).in_(OPEN_TABS),
            col(Row.path).contains([staff.agency_id]),
        )
        .group_by(col(Row.id))
        .order_by(col(Row.name), col(Row.id))
    )
    duties = [Duty(agency_id=at.id, agency_name=at.name, reports=reports) for at, reports in rows]
    person = await session.get(StaffMember, staff_id)
    if person is None:
        raise not_found("person_not_found")
    if not duties and staff.agency_id not in (await session.get_one(Row, person.agency_id)).path:
        raise not_found("person_not_found")
    return Duties(id=staff_id, name=person.name, agencies=duties)


async def ask_for_handover(
    session: AsyncSession,
    staff: Staff,
    kind: str,
    from_id: int,
    to_id: int,
    agency_id: int,
    total: int,
) -> Handover:
    """Save the hand-over for the worker. `total` is the present number of reports to hand over."""
    handover = Handover(
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
    session.add(handover)
    await session.flush()
    return handover


async def show_handover(session: AsyncSession, handover_id: UUID) -> HandoverShown:
    handover = await session.get_one(Handover, handover_id)
    progress = await session.get(HandoverProgress, handover_id)
    finished_at = progress.finished_at if progress else None
    handed = min(progress.handed, handover.total) if progress else 0
    return HandoverShown(
        **handover.model_dump(include={"id", "kind", "from_id", "to_id", "total", "asked_at"}),
        handed=handover.total if finished_at else handed,
        finished_at=finished_at,
    )


async def _reports_to_take(session: AsyncSession, giver: Agency, taker: Agency) -> int:
    """How many reports there are; 409 if the taker has nobody for the step they owe."""
    counted = await session.execute(
        select(col(Report.tab), func.count())
        .where(col(Report.handler_id) == giver.id, col(Report.tab).in_(OPEN_TABS))
        .group_by(col(Report.tab))
    )
    reports = {Tab(tab): number for tab, number in counted}
    to_verify = bool(reports.keys() & {Tab.UNVERIFIED, Tab.DEFERRED})
    if not taker.active or not taker.is_connected(to_verify=to_verify):
        raise conflict("agency_not_connected")
    return sum(reports.values())


async def _office(session: AsyncSession, staff: Staff, form: HandoverForm) -> tuple[int, int]:
    """The agency in reach where both work, or where the taker works and the giver has left reports;
    and the number of reports. Only the taker must be active."""
    giver = await session.get(StaffMember, form.from_id)
    taker = await session.get(StaffMember, form.to_id)
    if giver is None:
        raise validation(FieldError("from_id", "person_unknown"))
    total = 0
    if taker is not None and taker.active:
        at_taker = (
            col(Report.handler_id) == taker.agency_id,
            col(Report.assignee_id) == form.from_id,
            col(Report.tab).in_(OPEN_TABS),
        )
        total = await session.scalar(select(func.count(col(Report.number))).where(*at_taker)) or 0
        if total or taker.agency_id == giver.agency_id:
            await agency_in_reach(session, staff, taker.agency_id, field="to_id")
            return taker.agency_id, total
    await agency_in_reach(session, staff, giver.agency_id, field="from_id")
    raise validation(FieldError("to_id", "not_a_colleague"))
