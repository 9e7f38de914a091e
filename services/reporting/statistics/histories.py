"""Reads reports and their histories as `fact_of` wants them, many at a time."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from services.reporting.statistics.facts import RELEVANT, Fact, ReportRow, Step, fact_of
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Status

Connection = psycopg.AsyncConnection[Any]


async def facts_of(connection: Connection, numbers: Sequence[int]) -> list[Fact]:
    """The facts of these reports; a number that no report has is missing from the answer."""
    parameters = {"numbers": list(numbers), "relevant": list(RELEVANT)}
    async with connection.pipeline():
        reports = await connection.cursor(row_factory=dict_row).execute(_REPORTS, parameters)
        lines = await connection.execute(_LINES, parameters)
        rows, steps = await reports.fetchall(), await lines.fetchall()
    lives: dict[int, list[Step]] = {}
    for number, at, action, staff_id, agency_id, details in steps:
        step = Step(at, Action(action), staff_id, agency_id, details)
        lives.setdefault(number, []).append(step)
    return [fact_of(_row(row), lives.get(row["number"], ())) for row in rows]


def _row(row: dict[str, Any]) -> ReportRow:
    return ReportRow(
        **row
        | {
            "status": Status(row["status"]),
            "path": tuple(row["path"]),
            "zone": Zone(row["zone"]),
            "tag_ids": tuple(row["tag_ids"]),
        }
    )


# The last rating, with satisfaction or of a closing, by the command that its line refers to.
_REPORTS = """
SELECT r.number, r.version, r.status, coalesce(a.path, ARRAY[r.handler_id::bigint]) AS path,
    coalesce(a.zone, 'WIB') AS zone, r.channel, r.classification, r.category_id,
    t.programme_id, coalesce(t.tag_ids, '{}') AS tag_ids, r.region_code, r.anonymous, r.secret,
    r.priority, r.overdue, r.submitted_at, said.rating, said.solved,
    coalesce(said.entry > (
        SELECT coalesce(max(o.entry), 0) FROM lifecycle.history o
        WHERE o.number = r.number AND o.action = 'reopen' AND NOT o.details ? 'refused'
    ), false) AS rated_now
FROM lifecycle.report r
LEFT JOIN LATERAL (
    SELECT m.rating, m.solved, h.entry FROM lifecycle.history h
    JOIN followup.published_message m ON m.command_id = h.ref
    WHERE h.number = r.number AND h.action = ANY (ARRAY['declare_satisfied', 'rate'])
        AND m.rating IS NOT NULL
    ORDER BY h.entry DESC LIMIT 1
) said ON true
LEFT JOIN lifecycle.report_text t ON t.number = r.number
LEFT JOIN routing.agency_directory a ON a.id = r.handler_id
WHERE r.number = ANY (%(numbers)s)
"""
_LINES = """
SELECT number, at, action, staff_id, agency_id, details FROM lifecycle.history
WHERE number = ANY (%(numbers)s) AND action = ANY (%(relevant)s) AND NOT details ? 'refused'
ORDER BY number, entry
"""
