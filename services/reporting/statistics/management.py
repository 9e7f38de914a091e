"""*Pengelolaan Laporan*: how an agency, with all below, manages its reports."""

from collections import Counter

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reporting.statistics.figures import (
    Duration,
    Figure,
    Scope,
    durations,
    figure,
    figures,
)
from services.reporting.statistics.period import AskedAgency, AskedPeriod, Period, agency_in_reach
from services.reporting.statistics.tallies import Tally, read_tally
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.lifecycle.statuses import Status, Tab

EVENTS = (
    *("thrown", "deferred", "forwarded", "held", "reopened", "replied"),
    *("not_authority_asked", "not_authority_accepted", "not_authority_rejected"),
)

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class Satisfaction(BaseModel):
    """What reporters said who declared to be satisfied."""

    rated: Figure
    average: float | None = Field(description="1 to 5")
    ratings: list[Figure]


class TrendPoint(BaseModel):
    """A day (`2026-01-31`) or a month (`2026-01`): of the reports submitted in it."""

    bucket: str
    received: int
    closed: int
    overdue: int


class Management(BaseModel):
    """Of the reports in scope, as they stand now."""

    scope: Scope
    received: Figure
    tabs: list[Figure]
    statuses: list[Figure]
    overdue: Figure = Field(description="Whose process clock has run out and runs on, now")
    events: list[Figure] = Field(description="To how many it was done, once or oftener")
    durations: dict[str, Duration] = Field(
        description="`verification` from submission, `follow_up` and `settlement` from verification"
    )
    satisfaction: Satisfaction
    trend: list[TrendPoint]


@router.get("/statistics/management")
async def management(
    staff: CurrentStaff, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> Management:
    """Received, by status, times, overdue, what was done to them, satisfaction, trend."""
    unit = await agency_in_reach(session, staff, agency)
    tally = await read_tally(session, "management", unit.id, period)
    return Management(
        scope=Scope.of(unit, period),
        received=figure(tally, "received"),
        tabs=figures(tally, "tab", Tab, "tab"),
        statuses=figures(tally, "status", Status, "status"),
        overdue=figure(tally, "overdue"),
        events=[figure(tally, mark) for mark in EVENTS],
        durations=durations(tally),
        satisfaction=_satisfaction(tally),
        trend=_trend(tally, period),
    )


def _satisfaction(tally: Tally) -> Satisfaction:
    ratings = figures(tally, "rating", map(str, range(1, 6)), "rating")
    rated = figure(tally, "rated")
    points = sum(value * rating.count for value, rating in enumerate(ratings, 1))
    average = round(points / rated.count, 2) if rated.count else None
    return Satisfaction(rated=rated, average=average, ratings=ratings)


def _trend(tally: Tally, period: Period) -> list[TrendPoint]:
    points = []
    for bucket in period.buckets():
        counts = tally.buckets.get(bucket, Counter[str]())
        points.append(
            TrendPoint(
                bucket=bucket,
                received=counts["received"],
                closed=counts["tab:closed"],
                overdue=counts["overdue"],
            )
        )
    return points
