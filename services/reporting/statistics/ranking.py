"""Figures of the agencies directly below, side by side, and of an agency's own people."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reporting.statistics.figures import (
    Duration,
    Elapsed,
    Figure,
    Scope,
    duration,
    elapsed,
    figure,
)
from services.reporting.statistics.marks import ANSWERED_BY, VERIFIED_BY
from services.reporting.statistics.period import AskedAgency, AskedPeriod, agency_in_reach
from services.reporting.statistics.tallies import Tally, read_tally, read_totals
from shared.database.views import AgencyEntry, ManagedStaff
from shared.http.auth import CurrentReader, CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import forbidden
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import ADMINS

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class AgencyFigures(BaseModel):
    """The figures of an agency, with all agencies below it."""

    agency_id: int
    name: str
    received: Figure
    closed: Figure
    overdue: Figure
    not_authority_asked: Figure
    verification: Duration
    follow_up: Duration
    settlement: Duration
    answer: Elapsed = Field(description="From submission to the first follow-up proper, anywhere")
    hand_overs: int | None = Field(
        description="The median number of times that a report changed hands"
    )


class AgencyRanking(BaseModel):
    """The agencies directly below that have or had reports, most reports first."""

    scope: Scope
    items: list[AgencyFigures]


class StaffFigures(BaseModel):
    """The figures of a person acting for the agency. A report counts for the person who was the
    first to verify it, and for the person who was the first to follow it up."""

    staff_id: int
    name: str
    role_label: str
    active: bool
    verified: Figure
    verification: Duration
    followed_up: Figure
    follow_up: Duration


class StaffRanking(BaseModel):
    """The people who acted for the agency, most reports first."""

    scope: Scope
    items: list[StaffFigures]


@router.get("/statistics/agencies")
async def agencies(
    staff: CurrentReader, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> AgencyRanking:
    """Return the figures of the agencies directly below. To list the reports of a figure, use
    `agency=<its id>`."""
    unit = await agency_in_reach(session, staff, agency)
    below = select(AgencyEntry).where(col(AgencyEntry.parent_id) == unit.id)
    rows = (await session.scalars(below)).all()
    ids = [row.id for row in rows]
    tallies = await read_totals(session, "management", ids, period)
    held = await read_totals(session, "held", ids, period)
    items = [_agency(row.id, row.name, tallies[row.id], held[row.id]) for row in rows]
    return AgencyRanking(
        scope=Scope.of(unit, period),
        items=sorted(
            (agency for agency in items if agency.received.count or _held(agency)),
            key=lambda agency: (-agency.received.count, agency.name),
        ),
    )


@router.get("/statistics/staff")
async def people(
    staff: CurrentStaff, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> StaffRanking:
    """Return the figures of the agency's own people, for admins. The reports of a figure also bear
    the mark of the person."""
    unit = await agency_in_reach(session, staff, agency)
    if staff.role not in ADMINS:
        raise forbidden("users_for_admins")
    tally = await read_tally(session, "staff", unit.id, period)
    own = {int(mark.partition(":")[0]) for mark in tally.total}
    items = await _people(session, sorted(own), unit.id, tally)
    return StaffRanking(scope=Scope.of(unit, period), items=items)


def _held(agency: AgencyFigures) -> bool:
    clocks = (agency.verification, agency.follow_up, agency.settlement)
    return any(clock.measured.count for clock in clocks)


def _agency(agency_id: int, name: str, tally: Tally, held: Tally) -> AgencyFigures:
    closed = Figure(
        mark="tab:closed", label=label("tab", "closed"), count=tally.total["tab:closed"]
    )
    return AgencyFigures(
        agency_id=agency_id,
        name=name,
        received=figure(tally, "received"),
        closed=closed,
        overdue=figure(tally, "overdue"),
        not_authority_asked=figure(tally, "not_authority_asked"),
        verification=duration(held, "verification"),
        follow_up=duration(held, "follow_up"),
        settlement=duration(held, "settlement"),
        answer=elapsed(tally, "answer"),
        hand_overs=tally.middle("handed_over", 0.5),
    )


async def _people(
    session: AsyncSession, ids: Sequence[int], agency_id: int, tally: Tally
) -> list[StaffFigures]:
    staff = select(ManagedStaff).where(col(ManagedStaff.id).in_(ids))
    rows = (await session.scalars(staff)).all()
    items = []
    for row in rows:
        own = tally.of_person(row.id)
        items.append(
            StaffFigures(
                staff_id=row.id,
                name=row.name,
                role_label=label("role", row.role),
                active=row.active,
                verified=_by(own, VERIFIED_BY, agency_id, row.id),
                verification=duration(own, "verification"),
                followed_up=_by(own, ANSWERED_BY, agency_id, row.id),
                follow_up=duration(own, "follow_up"),
            )
        )
    return sorted(items, key=_most_reports_first)


def _most_reports_first(person: StaffFigures) -> tuple[int, str]:
    return -person.verified.count - person.followed_up.count, person.name


def _by(own: Tally, kind: str, agency_id: int, staff_id: int) -> Figure:
    mark = f"{kind}:{agency_id}:{staff_id}"
    return Figure(mark=mark, label=label("figure", kind), count=own.total[kind])
