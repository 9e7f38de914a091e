"""*Pengelolaan Laporan*: how an agency, with all below, manages its reports."""

from collections import Counter
from typing import Final

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
from services.reporting.statistics.marks import CLOSED_UNANSWERED, OBJECTIONS
from services.reporting.statistics.period import AskedAgency, AskedPeriod, Period, agency_in_reach
from services.reporting.statistics.tallies import Tally, read_tally
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import FollowUpOutcome, UnmetReason
from shared.lifecycle.statuses import CLOSED, Status, Tab

EVENTS = (
    *("thrown", "deferred", "forwarded", "held", "reopened", "replied", "objected"),
    *("not_authority_asked", "not_authority_accepted", "not_authority_rejected"),
)

ENOUGH: Final = 10
"""Answers; of fewer an agency could tell whose they are."""

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class AnsweredClosings(BaseModel):
    """Of the reports that stand closed by the same: whose reporters rated the closing."""

    status: Status
    label: str
    closed: int
    answered: int
    share: float | None


class Satisfaction(BaseModel):
    """What reporters said of closings, whoever closed. Fewer than ten answers are not told apart:
    then there are no ratings."""

    rated: Figure
    average: float | None = Field(description="1 to 5")
    ratings: list[Figure]
    solved: list[Figure] = Field(description="Whether the matter is solved")
    closings: list[AnsweredClosings]


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
    outcomes: list[Figure] = Field(description="What the last follow-up proper came to")
    unmet_reasons: list[Figure]
    satisfaction: Satisfaction
    closed_unanswered: Figure = Field(
        description="Closed by the system; the reporter has neither replied nor rated"
    )
    objections: list[Figure] = Field(description="How the last objection of each report stands")
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
        outcomes=figures(tally, "outcome", FollowUpOutcome, "outcome"),
        unmet_reasons=figures(tally, "unmet_reason", UnmetReason, "unmet_reason"),
        satisfaction=_satisfaction(tally),
        closed_unanswered=figure(tally, CLOSED_UNANSWERED),
        objections=[figure(tally, mark) for mark in OBJECTIONS],
        trend=_trend(tally, period),
    )


def _satisfaction(tally: Tally) -> Satisfaction:
    ratings = figures(tally, "rating", map(str, range(1, 6)), "rating")
    rated = figure(tally, "rated")
    enough = rated.count >= ENOUGH
    points = sum(value * rating.count for value, rating in enumerate(ratings, 1))
    return Satisfaction(
        rated=rated,
        average=round(points / rated.count, 2) if enough else None,
        ratings=ratings if enough else [],
        solved=figures(tally, "solved", ("yes", "no"), "solved") if enough else [],
        closings=[_answered(tally, status) for status in Status if status in CLOSED],
    )


def _answered(tally: Tally, status: Status) -> AnsweredClosings:
    closed, answered = tally.total[f"status:{status}"], tally.total[f"answered:{status}"]
    return AnsweredClosings(
        status=status,
        label=label("status", status),
        closed=closed,
        answered=answered,
        share=round(answered / closed, 3) if closed else None,
    )


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
