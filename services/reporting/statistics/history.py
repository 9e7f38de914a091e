"""Reads reports and their histories as `fact_of` wants them, many at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

from services.reporting.statistics.facts import RELEVANT, Fact, Standing, Step, fact_of
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.lifecycle.statuses import Status

Connection = psycopg.AsyncConnection[Any]


async def calendar_of(connection: Connection) -> WorkingCalendar:
    """The working calendar as it stands."""
    days = await connection.execute("SELECT day FROM routing.published_closed_day")
    return WorkingCalendar(frozenset(day for (day,) in await days.fetchall()))


async def facts_of(
    connection: Connection, numbers: Sequence[int], calendar: WorkingCalendar
) -> list[Fact]:
    """The facts of these reports; a number that no report has is missing from the answer."""
    asked = (list(numbers),)
    async with connection.pipeline():
        reports = await connection.execute(_REPORTS, asked)
        lines = await connection.execute(_LINES, (*asked, list(RELEVANT)))
        ratings = await connection.execute(_RATINGS, asked)
        found, steps = await reports.fetchall(), await lines.fetchall()
        rated = dict(await ratings.fetchall())
    lives: dict[int, list[Step]] = {}
    for number, at, action, staff_id, details in steps:
        lives.setdefault(number, []).append(Step(at, Action(action), staff_id, details))
    return [
        fact_of(report, lives.get(report.number, ()), calendar)
        for report in _standings(found, rated)
    ]


def _standings(rows: Sequence[Sequence[Any]], rated: dict[int, int]) -> Iterator[Standing]:
    for number, version, status, path, zone, *rest, tags, submitted_at in rows:
        *named, programme_id, region_code, anonymous, secret, priority, held, overdue = rest
        yield Standing(
            number,
            version,
            Status(status),
            tuple(path),
            Zone(zone),
            *named,
            tuple(tags or ()),
            programme_id,
            region_code,
            anonymous,
            secret,
            priority,
            held,
            overdue,
            submitted_at,
            rated.get(number),
        )


_REPORTS = """
SELECT r.number, r.version, r.status, coalesce(a.path, ARRAY[r.handler_id::bigint]),
       coalesce(r.state ->> 'zone', a.zone, 'WIB'), r.channel, r.classification, r.category_id,
       c.parent_id, t.programme_id, r.region_code, r.anonymous, r.secret, r.priority, r.held,
       r.overdue, t.tag_ids, r.submitted_at
FROM lifecycle.report r
LEFT JOIN lifecycle.report_text t ON t.number = r.number
LEFT JOIN routing.agency_directory a ON a.id = r.handler_id
LEFT JOIN routing.published_category c ON c.id = r.category_id
WHERE r.number = ANY (%s)
"""
_LINES = """
SELECT number, at, action, staff_id, details FROM lifecycle.history
WHERE number = ANY (%s) AND action = ANY (%s) AND NOT details ? 'refused'
ORDER BY number, entry
"""
# The last declaration, by the command that its line refers to.
_RATINGS = """
SELECT DISTINCT ON (h.number) h.number, m.rating
FROM lifecycle.history h JOIN followup.published_message m ON m.command_id = h.ref
WHERE h.number = ANY (%s) AND h.action = 'declare_satisfied' AND m.rating IS NOT NULL
ORDER BY h.number, h.entry DESC
"""
