"""*Manajemen Instansi*: creating, changing and moving agencies below the own one."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from sqlalchemy import Select, Sequence, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.password_links import withdraw_links
from services.routing.directory.agency_search import AgencyDetails, read_agency
from services.routing.directory.agency_view import ManagedAgency, agency_details
from services.routing.directory.handovers import ask_for_handover
from services.routing.directory.log import changed, record
from services.routing.directory.orphaned_requests import check_moving
from services.routing.management_rights import (
    Managing,
    agency_in_reach,
    agency_to_manage,
)
from services.routing.models import Agency, StaffMember
from shared.command_requests.directory import Agency as KnownAgency
from shared.database.lifecycle import Report
from shared.http.documentation import problem_responses
from shared.http.paths import Id
from shared.http.problems import FieldError, conflict, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import OPEN_TABS
from shared.values.ids import AgencyId
from shared.values.words import Form, Name

CODE = r"^[a-z0-9][a-z0-9-]{1,63}$"
Kind = Literal["ministry", "province", "regency", "bumn", "mission", "unit"]


class NewAgency(Form):
    code: Annotated[str, StringConstraints(pattern=CODE)]
    name: Name
    kind: Kind
    parent_id: AgencyId = Field(description="The own agency or one below")
    zone: Zone


class AgencyChange(Form):
    """Fields that are left out stay as they are. A new parent moves the agency with all below it:
    those above the new place then have authority over its reports. Unused password links of people
    there become invalid, since those above the old place may hold them."""

    name: Name | None = None
    kind: Kind | None = None
    parent_id: AgencyId | None = None
    zone: Zone | None = Field(
        None, description="Can be changed only while the agency has no open report"
    )


router = APIRouter(
    prefix="/management/agencies",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.post("", status_code=201)
async def create_agency(form: NewAgency, staff: Managing, session: Transaction) -> AgencyDetails:
    """Create an agency below the own one, at any level."""
    await session.execute(ONE_AT_A_TIME)
    parent = await _parent(session, staff, form.parent_id)
    taken = select(col(Agency.id)).where(col(Agency.code) == form.code)
    if await session.scalar(taken) is not None:
        raise conflict("agency_code_taken")
    new_id = await add_agency(session, form.model_dump(mode="json"), parent.path)
    record(session, staff, new_id, "agency", new_id, "create", **form.model_dump(mode="json"))
    await session.flush()
    return await read_agency(new_id, staff, session)


@router.get("/{agency_id}")
async def read_managed_agency(
    agency_id: Id, staff: Managing, session: Transaction, request: Request
) -> ManagedAgency:
    """An agency with its people, its units and the state of its reports."""
    await agency_in_reach(session, staff, agency_id)
    return await agency_details(session, request.app.state.identity, staff, agency_id)


@router.patch("/{agency_id}")
async def change_agency(
    agency_id: Id, form: AgencyChange, staff: Managing, session: Transaction
) -> AgencyDetails:
    """Change an agency below the own one, or move it."""
    await session.execute(ONE_AT_A_TIME)
    before = await _row(session, staff, agency_id)
    after = {**before, **form.model_dump(mode="json", exclude_none=True)}
    differences = changed(before, after)
    if "parent_id" in differences:
        await _move(session, staff, agency_id, after["parent_id"])
    if "zone" in differences and await has_open_reports(session, agency_id):
        raise conflict("agency_zone_in_use")
    if differences:
        changes = update(Agency).where(col(Agency.id) == agency_id).values(after)
        await session.execute(changes)
        record(session, staff, agency_id, "agency", agency_id, "change", **differences)
        await session.flush()
    return await read_agency(agency_id, staff, session)


async def add_agency(session: AsyncSession, values: dict[str, Any], above: tuple[int, ...]) -> int:
    """Save an agency below the one with the path `above`; return its id."""
    new_id = await session.scalar(select(_AGENCY_IDS.next_value())) or 0
    session.add(Agency(id=new_id, path=[*above, new_id], **values))
    await session.flush()
    return new_id


async def has_open_reports(session: AsyncSession, agency_id: int) -> bool:
    """Whether the agency handles a report that is neither closed nor archived."""
    handled = select(col(Report.number)).where(col(Report.handler_id) == agency_id)
    first = await session.scalar(handled.where(col(Report.tab).in_(OPEN_TABS)).limit(1))
    return first is not None


async def _parent(session: AsyncSession, staff: Staff, parent_id: int) -> KnownAgency:
    parent = await agency_in_reach(session, staff, parent_id, field="parent_id")
    if not parent.active:
        raise validation(FieldError("parent_id", "agency_out_of_reach"))
    return parent


async def _row(session: AsyncSession, staff: Staff, agency_id: int) -> dict[str, Any]:
    await agency_to_manage(session, staff, agency_id)
    row = await session.get_one(Agency, agency_id, populate_existing=True)
    return row.model_dump(include={"name", "kind", "parent_id", "zone"})


async def _move(session: AsyncSession, staff: Staff, agency_id: int, parent_id: int) -> None:
    """Move the agency, with all below it, under another parent."""
    parent = await _parent(session, staff, parent_id)
    if parent.is_or_stands_below(agency_id):
        raise validation(FieldError("parent_id", "parent_below_itself"))
    if (await session.get_one(Agency, agency_id)).parent_id is None:
        raise conflict("root_stays")
    await check_moving(session, agency_id, parent.path)
    await session.execute(_MOVE, {"id": agency_id, "above": list(parent.path)})
    # The worker removes agencies that are no longer above from the chains of reports there.
    total = await session.scalar(_broken_chains(agency_id)) or 0
    await ask_for_handover(session, staff, "chains", agency_id, agency_id, agency_id, total)
    there = select(col(Agency.id)).where(col(Agency.path).contains([agency_id]))
    people = select(col(StaffMember.id)).where(col(StaffMember.agency_id).in_(there))
    await withdraw_links(session, (await session.scalars(people)).all())


def _broken_chains(agency_id: int) -> Select[int]:
    """Count the reports whose chain names an agency that is no longer above their handler, among
    those of this agency and of all below it."""
    path = col(Agency.path)
    broken = path.contains([agency_id]), ~path.contains(col(Report.chain))
    of_agency = select(func.count()).join_from(Agency, Report, col(Report.handler_id) == Agency.id)
    return of_agency.where(*broken)


ONE_AT_A_TIME = text("LOCK TABLE routing.agency IN SHARE ROW EXCLUSIVE MODE")
"""Only one transaction at a time may change the tree; reading it is still possible."""
_AGENCY_IDS = Sequence("agency_id_seq", schema="routing")
_MOVE = text(
    "UPDATE routing.agency"
    " SET path = CAST(:above AS bigint[]) || path[array_position(path, CAST(:id AS bigint)):]"
    " WHERE path @> ARRAY[CAST(:id AS bigint)]"
)
