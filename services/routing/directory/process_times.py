"""Process times that pusat keeps: the lengths of the clocks, and days that are not working days."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import delete, extract, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.decreed_days import decreed_days
from services.routing.directory.log import record
from services.routing.management_rights import Pusat
from services.routing.models import ClosedDay, PolicyVersion
from services.routing.queue.handlers import agency_asked_for
from shared.command_requests.directory import agency
from shared.database.columns import now
from shared.database.policy_in_force import CALENDAR_MARK, load_policy
from shared.database.report_lists import CalendarMark, RedatingProgress
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, forbidden, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.actions import Classification
from shared.lifecycle.policy import Length, Policy
from shared.values.fields import Day, PlainNumbers
from shared.values.ids import AgencyId
from shared.values.words import Form, PlaceText

MOST = 3650
"""The most days of a length: ten years."""


class BoundedLength(PlainNumbers, Length, frozen=True):
    amount: int = Field(gt=0, le=MOST)


class NewPolicy(Form):
    """The lengths to set. What is left out stays the national length (for an agency) or the guide's
    (for the nation). It replaces the whole version before."""

    agency_id: AgencyId | None = Field(
        None, description="The agency for which, with those below, it is set; null for all"
    )
    verification: BoundedLength | None = None
    follow_up: BoundedLength | None = None
    auto_close: BoundedLength | None = None
    request: BoundedLength | None = None
    question: BoundedLength | None = None
    closing_notice: BoundedLength | None = None
    escalation: BoundedLength | None = None
    rating: BoundedLength | None = None
    proof: BoundedLength | None = Field(
        None, description="How long a reporter's contact stays proven; set only nationally"
    )
    settlement: dict[Classification, BoundedLength] = Field({}, description="By classification")


class PolicySet(BaseModel):
    version: int
    valid_from: datetime


class NamedDay(Form):
    day: Day
    name: PlaceText


class ClosedDays(Form):
    """The national holidays and *cuti bersama* of a year."""

    items: list[NamedDay] = Field(max_length=366)


class Redating(BaseModel):
    """`waiting`: the worker begins within seconds; `done` of `total` open reports have deadlines by
    the present calendar. Closed reports have no running clock and stay as they are."""

    state: Literal["waiting", "running", "finished"]
    total: int
    done: int
    started_at: datetime | None
    finished_at: datetime | None


Year = Annotated[int, Path(ge=2000, le=2100)]

router = APIRouter(tags=["process times"], responses=problem_responses(401, 403, 422))


@router.get("/policy", responses=problem_responses(404))
async def read_policy(
    staff: CurrentStaff,
    session: Transaction,
    agency_id: Annotated[
        AgencyId | None, Query(description="The own agency (default) or one below")
    ] = None,
) -> Policy:
    """The lengths that a clock starting now would have at an agency."""
    unit = await agency(session, await agency_asked_for(session, staff, agency_id))
    return await load_policy(session, unit.path if unit else (), now())


@router.put("/policy")
async def set_policy(form: NewPolicy, staff: CurrentStaff, session: Transaction) -> PolicySet:
    """Set lengths from now on. Running clocks keep the version they started with. Sending the
    present lengths creates no new version."""
    _only_pusat(staff)
    await session.execute(_ONE_POLICY_AT_A_TIME)
    if form.agency_id is not None and await agency(session, form.agency_id) is None:
        raise validation(FieldError("agency_id", "agency_unknown"))
    if form.agency_id is not None and form.proof is not None:
        raise validation(FieldError("proof", "extra_forbidden"))
    versions = select(PolicyVersion).order_by(col(PolicyVersion.version).desc()).limit(1)
    same = col(PolicyVersion.agency_id).is_not_distinct_from(form.agency_id)
    present = await session.scalar(versions.where(same))
    if present is not None and present.body == _body(form):
        return PolicySet.model_validate(present, from_attributes=True)
    version = PolicyVersion(
        agency_id=form.agency_id, body=_body(form), valid_from=now(), set_by=staff.id
    )
    session.add(version)
    await session.flush()
    assert version.version is not None
    where = form.agency_id or staff.agency_id
    record(session, staff, where, "policy", version.version, "set", **version.body)
    return PolicySet(version=version.version, valid_from=version.valid_from)


@router.get("/closed-days/redating", responses=problem_responses(401, 403))
async def read_redating(_: Pusat, session: Transaction) -> Redating:
    """How many reports have been re-dated to the calendar."""
    mark = await session.scalar(text(CALENDAR_MARK))
    progress = await session.get(RedatingProgress, 1)
    state: Literal["waiting", "running", "finished"]
    if progress is None or progress.mark != mark:
        # Of an earlier edit perhaps; a new system has nothing to date.
        dated_to = await session.get(CalendarMark, 1)
        state = "finished" if dated_to is not None and dated_to.mark == mark else "waiting"
        return Redating(state=state, total=0, done=0, started_at=None, finished_at=None)
    state = "finished" if progress.finished_at else "running"
    return Redating.model_validate(progress.model_dump() | {"state": state})


@router.get("/closed-days/{year}")
async def read_closed_days(year: Year, _: CurrentStaff, session: Transaction) -> ClosedDays:
    """The weekdays of a year that are not working days."""
    return await _closed_days(session, year)


@router.get("/closed-days/{year}/decreed")
async def read_decreed_days(year: Year, staff: CurrentStaff) -> ClosedDays:
    """The holidays and joint leave of a year from a maintained package. They are a start, or for
    comparison: only the days that are set count."""
    _only_pusat(staff)
    decreed = await asyncio.to_thread(decreed_days, [year])
    return ClosedDays(items=[NamedDay(day=day, name=name) for day, name in decreed.items()])


@router.put("/closed-days/{year}")
async def set_closed_days(
    year: Year, form: ClosedDays, staff: CurrentStaff, session: Transaction
) -> ClosedDays:
    """Set all closed days of a year; the worker re-dates running clocks."""
    _only_pusat(staff)
    days = [closed.day for closed in form.items]
    if any(day.year != year for day in days):
        raise validation(FieldError("items", "day_of_another_year"))
    if len(set(days)) != len(days):
        raise validation(FieldError("items", "days_repeated"))
    await session.execute(_ONE_AT_A_TIME)
    await session.execute(delete(ClosedDay).where(_in_year(year)))
    session.add_all(ClosedDay(day=closed.day, name=closed.name) for closed in form.items)
    named = {closed.day.isoformat(): closed.name for closed in form.items}
    record(session, staff, staff.agency_id, "calendar", year, "set", days=named)
    await session.flush()
    return await _closed_days(session, year)


def _only_pusat(staff: Staff) -> None:
    if not staff.role.is_central:
        raise forbidden()


def _body(form: NewPolicy) -> dict[str, Any]:
    body = form.model_dump(mode="json", exclude_none=True, exclude={"agency_id"})
    return {name: value for name, value in body.items() if value}


async def _closed_days(session: AsyncSession, year: int) -> ClosedDays:
    rows = await session.scalars(select(ClosedDay).where(_in_year(year)).order_by(_DAY))
    return ClosedDays(items=[NamedDay(day=closed.day, name=closed.name) for closed in rows])


def _in_year(year: int) -> Any:
    return extract("year", _DAY) == year


_ONE_POLICY_AT_A_TIME = text("LOCK TABLE routing.policy IN SHARE ROW EXCLUSIVE MODE")
_DAY: Any = ClosedDay.day
_ONE_AT_A_TIME = text("LOCK TABLE routing.closed_day IN SHARE ROW EXCLUSIVE MODE")
