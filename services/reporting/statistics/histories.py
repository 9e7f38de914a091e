"""Reads many reports with their histories at a time and computes what they count as."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from services.reporting.statistics.facts import RELEVANT, Fact, ReportRow, Step, fact_of
from services.reporting.statistics.holdings import Holding, Paths, holders_of, holdings_of
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Status
from shared.resilience.set_aside import count_set_aside

Connection = psycopg.AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A report in the statistics: its fact and its holdings."""

    fact: Fact
    holdings: list[Holding]


async def read_counted(connection: Connection, numbers: Sequence[int]) -> list[Counted]:
    """Return these reports. A number without a report is left out, and so is a report that cannot
    be counted: it is logged and counted in a metric, and the others are counted."""
    parameters = {"numbers": list(numbers), "relevant": list(RELEVANT)}
    async with connection.pipeline():
        reports = await connection.cursor(row_factory=dict_row).execute(_REPORTS, parameters)
        lines = await connection.execute(_LINES, parameters)
        rows, steps = await reports.fetchall(), await lines.fetchall()
    lines_of: dict[int, list[TupleRow]] = {}
    for line in steps:
        lines_of.setdefault(line[0], []).append(line)
    histories: list[_History] = []
    for row in rows:
        with _leaving_aside(row["number"]):
            histories.append(_history(row, lines_of.get(row["number"], ())))
    holders = {holder for history in histories for holder in history.holders}
    cursor = await connection.execute(_PATHS, (list(holders),))
    paths = {agency_id: tuple(path) for agency_id, path in await cursor.fetchall()}
    counted: list[Counted] = []
    for history in histories:
        with _leaving_aside(history.report.number):
            counted.append(_counted(history.report, history.steps, paths))
    return counted


@dataclass(frozen=True, slots=True)
class _History:
    report: ReportRow
    steps: list[Step]
    holders: list[int]


@contextmanager
def _leaving_aside(number: int) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001  of one report: the others are counted
        count_set_aside("statistics", type(error).__name__, number)


def _history(row: dict[str, Any], lines: Sequence[TupleRow]) -> _History:
    report = _row(row)
    steps = [
        Step(at, Action(action), staff_id, agency_id, Status(to_status), details)
        for _, at, action, staff_id, agency_id, to_status, details in lines
    ]
    return _History(report, steps, holders_of(report, steps))


def _counted(report: ReportRow, steps: Sequence[Step], paths: Paths) -> Counted:
    fact = fact_of(report, steps)
    return Counted(fact, holdings_of(report, steps, fact, paths))


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


# The last rating, given with satisfaction or for a closing, found by the command that its line
# refers to.
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
SELECT number, at, action, staff_id, agency_id, to_status, details FROM lifecycle.history
WHERE number = ANY (%(numbers)s) AND NOT details ? 'refused' AND (
    action = ANY (%(relevant)s) OR from_status IS DISTINCT FROM to_status OR details ? 'to_handler')
ORDER BY number, entry
"""
_PATHS = "SELECT id, path FROM routing.agency_directory WHERE id = ANY (%s)"
