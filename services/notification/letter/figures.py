"""The figures of the weekly letter, for many agencies at once, each with all agencies below it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.letter_text import FEW, WeekFigures
from shared.lifecycle.calendar import Zone
from shared.privacy.enough_answers import ENOUGH, groups_with_enough

WEEK: Final = timedelta(days=7)
LISTED = 200
"""How many late reports a letter lists at most."""


def week_before(day: date) -> date:
    """The Monday of the week before that of `day`."""
    return day - timedelta(days=day.weekday()) - WEEK


async def week_figures(
    session: AsyncSession, agency_ids: Sequence[int], week: date, zone: Zone
) -> dict[int, WeekFigures]:
    """The figures of each agency, by id. Ratings and objections follow the rules of the public
    statistics: months of ratings are grouped until a group has ten, and one to four objections are
    not shown."""
    begin = datetime.combine(week, time(), zone.offset)
    asked = {
        "agencies": list(agency_ids),
        "first": week,
        "last": week + WEEK - timedelta(days=1),
        "begin": begin,
        "end": begin + WEEK,
    }
    received = {row.agency_id: row.received for row in await session.execute(_RECEIVED, asked)}
    done = {row.agency_id: row for row in await session.execute(_DONE, asked)}
    late = {row.agency_id: row.late for row in await session.execute(_LATE, asked)}
    ratings = await _ratings(session, asked)
    figures = {}
    for agency_id in agency_ids:
        row = done.get(agency_id)
        objected = row.objected if row else 0
        rated, points = ratings.get(agency_id, (0, 0))
        figures[agency_id] = WeekFigures(
            received=received.get(agency_id, 0),
            answered=row.answered if row else 0,
            days=round(float(row.days), 1) if row and row.days is not None else None,
            late=late.get(agency_id, 0),
            rated=rated,
            rating=round(points / rated, 1) if rated else None,
            objected=None if 0 < objected < FEW else objected,
        )
    return figures


async def without_single_ratings(
    session: AsyncSession, figures: WeekFigures, week: date, former_keys: Sequence[str]
) -> WeekFigures:
    """The ratings of the previous letter of the same year, until ten more have come. So the
    difference between two letters does not reveal a single rating."""
    former = (await session.execute(_TOLD, {"keys": list(former_keys)})).one_or_none()
    if former is None or _year(date.fromisoformat(former.week)) != _year(week):
        return figures
    if abs(figures.rated - former.rated) >= ENOUGH:
        return figures
    return replace(figures, rated=former.rated, rating=former.rating)


def _year(week: date) -> int:
    """The year whose ratings the letter shows."""
    return (week + WEEK - timedelta(days=1)).year


async def late_reports(session: AsyncSession, agency_id: int, zone: Zone) -> list[list[Any]]:
    """The late reports, the longest late first. Each has its number, category, day since when, and
    handler. Secret reports are counted but not listed, as others than the leader may read the
    mail."""
    asked = {"agency": agency_id, "listed": LISTED}
    return [
        [number, category_id, due_at.astimezone(zone.offset).date().isoformat(), handler_id]
        for number, category_id, due_at, handler_id in await session.execute(_LISTED, asked)
    ]


def facts_of(week: date, figures: WeekFigures, late: list[list[Any]]) -> dict[str, Any]:
    """The facts of the message: codes, ids and numbers."""
    return {"week": week.isoformat(), "figures": asdict(figures), "late": late}


async def _ratings(session: AsyncSession, asked: Mapping[str, Any]) -> dict[int, tuple[int, int]]:
    """How many ratings of this year may be shown, and their sum, by agency."""
    year = date(asked["last"].year, 1, 1)
    months = [year.replace(month=month) for month in range(1, 13)]
    by_agency: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    rows = await session.execute(_RATED, {"agencies": asked["agencies"], "months": months})
    for agency_id, month, rated, points in rows:
        by_agency[agency_id][month] = rated, points
    told = {}
    for agency_id, of_month in by_agency.items():
        answers = {month: rated for month, (rated, _) in of_month.items()}
        kept = [of_month.get(m, (0, 0)) for g in groups_with_enough(answers, months) for m in g]
        told[agency_id] = sum(rated for rated, _ in kept), sum(points for _, points in kept)
    return told


_RECEIVED = text("""
SELECT agency_id, sum(received) AS received FROM reporting.published_tally
WHERE agency_id = ANY (CAST(:agencies AS int[])) AND span = 'day' AND day BETWEEN :first AND :last
GROUP BY agency_id
""")
_RATED = text("""
SELECT agency_id, day, rated, points FROM reporting.published_tally
WHERE agency_id = ANY (CAST(:agencies AS int[])) AND span = 'month' AND day = ANY (:months)
    AND rated > 0
""")
_TOLD = text("""
SELECT facts ->> 'week' AS week, (facts -> 'figures' ->> 'rated')::int AS rated,
    (facts -> 'figures' ->> 'rating')::float AS rating
FROM notification.message WHERE key = ANY (:keys) ORDER BY facts ->> 'week' DESC LIMIT 1
""")
# Uses the index of a week's answers and objections, once for all agencies of a batch. Each counts
# for the agency that had the report at that time, even if another has it now.
_DONE = text("""
WITH done AS (
    SELECT h.number, h.action, h.at, (
        SELECT p.handler_id FROM lifecycle.published_handling p
        WHERE p.number = h.number AND p.entry < h.entry ORDER BY p.entry DESC LIMIT 1
    ) AS handler_id FROM lifecycle.history h
    WHERE h.action IN ('follow_up', 'object') AND h.at >= :begin AND h.at < :end
    AND NOT (h.action = 'follow_up' AND EXISTS (
        SELECT FROM lifecycle.history e
        WHERE e.number = h.number AND e.action = 'follow_up' AND e.entry < h.entry))
)
SELECT a.id AS agency_id, count(*) FILTER (WHERE action = 'follow_up') AS answered,
    avg(extract(epoch FROM at - r.submitted_at) / 86400)
        FILTER (WHERE action = 'follow_up') AS days,
    count(*) FILTER (WHERE action = 'object') AS objected
FROM done JOIN lifecycle.report r USING (number)
JOIN routing.agency_directory d ON d.id = coalesce(done.handler_id, r.handler_id)
JOIN unnest(CAST(:agencies AS bigint[])) AS a (id) ON a.id = ANY (d.path)
GROUP BY a.id
""")
_OF_AGENCY = """
    lifecycle.report r
    WHERE r.tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')
    AND r.overdue AND r.due_at IS NOT NULL AND r.handler_id = ANY (ARRAY(
        SELECT d.id FROM routing.agency_directory d WHERE d.path @> ARRAY[{}]::bigint[]))
"""
_LATE = text(f"""
SELECT a.id AS agency_id, (SELECT count(*) FROM {_OF_AGENCY.format("a.id")}) AS late
FROM unnest(CAST(:agencies AS bigint[])) AS a (id)
""")  # noqa: S608
_LISTED = text(f"""
SELECT r.number, r.category_id, r.due_at, r.handler_id
FROM {_OF_AGENCY.format("CAST(:agency AS bigint)")} AND NOT r.secret
ORDER BY r.due_at, r.number LIMIT :listed
""")  # noqa: S608
