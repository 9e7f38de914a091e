"""*Pengelolaan Laporan*: how an agency and all below it manage their reports."""

from collections import Counter

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.statistics.figures import (
    Duration,
    Elapsed,
    Figure,
    Scope,
    duration,
    elapsed,
    figure,
    figures,
)
from services.reporting.statistics.marks import (
    CLOSED_UNANSWERED,
    DURATIONS,
    OBJECTIONS,
    OFTEN,
    TOTALS,
)
from services.reporting.statistics.period import AskedAgency, AskedPeriod, Period, agency_in_reach
from services.reporting.statistics.shown_months import months_shown, years_of
from services.reporting.statistics.tallies import Tally, read_tally, read_totals
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.actions import FollowUpOutcome, UnmetReason
from shared.lifecycle.statuses import CLOSED, Status, Tab

EVENTS = (
    *("thrown", "deferred", "forwarded", "held", "reopened", "replied", "objected"),
    *("not_authority_asked", "not_authority_accepted", "not_authority_rejected"),
)

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class AnsweredClosings(BaseModel):
    """The reports closed by the same kind of closing, and how many of their reporters rated it."""

    status: Status
    label: str
    closed: int
    answered: int
    share: float | None


class Satisfaction(BaseModel):
    """What reporters said of closings, by whomever they were closed. Ratings are shown for groups
    of whole months that have ten answers together; a part of a month, or a month not in such a
    group, shows none."""

    rated: Figure
    told: int = Field(description="The number of answers in the ratings")
    average: float | None = Field(description="1 to 5")
    ratings: list[Figure]
    solved: list[Figure] = Field(description="Whether the matter is solved")
    closings: list[AnsweredClosings]


class TrendPoint(BaseModel):
    """The reports submitted on a day (`2026-01-31`) or in a month (`2026-01`)."""

    bucket: str
    received: int
    closed: int
    overdue: int


class Management(BaseModel):
    """Figures of the reports in scope, as they are now."""

    scope: Scope
    received: Figure
    tabs: list[Figure]
    statuses: list[Figure]
    overdue: Figure = Field(
        description="Reports that are late now: their process clock has run out and still runs"
    )
    events: list[Figure] = Field(
        description="The number of reports to which it was done, at least once"
    )
    durations: dict[str, Duration] = Field(description="The time for which each clock ran here")
    totals: dict[str, Elapsed] = Field(
        description="`verification` and `answer` (the first follow-up proper) from submission,"
        " `follow_up` and `settlement` from verification; here and elsewhere"
    )
    hand_overs: list[Figure] = Field(
        description=f"How many changed hands 0, 1, … times; the last: {OFTEN} times or oftener"
    )
    outcomes: list[Figure] = Field(description="The outcome of the last follow-up proper")
    unmet_reasons: list[Figure]
    satisfaction: Satisfaction
    closed_unanswered: Figure = Field(
        description="Closed by the system, and the reporter has neither replied nor rated"
    )
    objections: list[Figure] = Field(description="The state of each report's last objection")
    trend: list[TrendPoint]


@router.get("/statistics/management")
async def management(
    staff: CurrentReader, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> Management:
    """Return the figures of management: reports received, by status, times, overdue, what was done
    to them, satisfaction and trend."""
    unit = await agency_in_reach(session, staff, agency)
    tally = await read_tally(session, "management", unit.id, period)
    held = (await read_totals(session, "held", [unit.id], period))[unit.id]
    return Management(
        scope=Scope.of(unit, period),
        received=figure(tally, "received"),
        tabs=figures(tally, "tab", Tab, "tab"),
        statuses=figures(tally, "status", Status, "status"),
        overdue=figure(tally, "overdue"),
        events=[figure(tally, mark) for mark in EVENTS],
        durations={name: duration(held, name) for name in DURATIONS},
        totals={name: elapsed(tally, name) for name in TOTALS},
        hand_overs=figures(tally, "handed_over", map(str, range(OFTEN + 1)), "hand_overs"),
        outcomes=figures(tally, "outcome", FollowUpOutcome, "outcome"),
        unmet_reasons=figures(tally, "unmet_reason", UnmetReason, "unmet_reason"),
        satisfaction=_satisfaction(tally, await _ratings_shown(session, unit.id, period)),
        closed_unanswered=figure(tally, CLOSED_UNANSWERED),
        objections=[figure(tally, mark) for mark in OBJECTIONS],
        trend=_trend(tally, period),
    )


async def _ratings_shown(session: AsyncSession, agency_id: int, period: Period) -> Tally:
    """Return the counts of the months whose ratings are shown."""
    if not period.is_whole_months:
        return Tally()
    years = await read_tally(session, "management", agency_id, years_of(period))
    by_month = {
        month: years.buckets.get(f"{month:%Y-%m}", Counter[str]())
        for month in years_of(period).months()
    }
    months = months_shown({month: counts["rated"] for month, counts in by_month.items()}, period)
    return Tally(sum((by_month[month] for month in months), Counter[str]()))


def _satisfaction(tally: Tally, shown: Tally) -> Satisfaction:
    ratings = figures(shown, "rating", map(str, range(1, 6)), "rating")
    count = shown.total["rated"]
    points = sum(value * rating.count for value, rating in enumerate(ratings, 1))
    return Satisfaction(
        rated=figure(tally, "rated"),
        told=count,
        average=round(points / count, 2) if count else None,
        ratings=ratings if count else [],
        solved=figures(shown, "solved", ("yes", "no"), "solved") if count else [],
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
