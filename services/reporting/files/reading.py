"""Reading the rows of a download: one statement in one snapshot, with a server-side cursor."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from services.reporting.files.conditions import Where
from services.reporting.files.job import Job
from services.reporting.files.selection import DownloadTab
from shared.database.address import connection_string
from shared.database.lifecycle import ReportText
from shared.privacy.publication import staff_time

BATCH = 1000
"""The number of rows in memory at a time."""


@contextmanager
def snapshot(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a read-only connection that sees the database as it is at its first statement."""
    address = connection_string(database_url, "lapor-download")
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def read(
    connection: psycopg.Connection[Any],
    job: Job,
    *,
    words: bool,
    after: Sequence[Any] | None = None,
) -> Iterator[Any]:
    """Yield the rows as named tuples, oldest first. `after` is the `position` of a row; only later
    rows are read. Without `words`, only the columns needed for figures are read."""
    of_people = job.selection.tab is DownloadTab.USERS
    reports = _REPORTS[job.reader_role.reads_arrivals] if words else _FIGURES
    query, key = _USERS if of_people else reports, _KEYS[of_people]
    condition, parameters = job.where.condition, dict(job.where.parameters)
    if after is not None:
        names = [f"after_{index}" for index in range(len(after))]
        condition += f" AND ({key}) > ({', '.join(f'%({name})s' for name in names)})"
        parameters |= dict(zip(names, after, strict=True))
    statement = f"{query.format(where=condition)} ORDER BY {key}"
    with connection.cursor("download", row_factory=namedtuple_row) as cursor:
        cursor.itersize = BATCH
        cursor.execute(statement.encode(), parameters)
        yield from cursor


def position(tab: DownloadTab, row: Any) -> list[Any]:
    """Return the position of a row in the order of all rows."""
    return [row.handler_id, row.name, row.id] if tab is DownloadTab.USERS else [row.number]


def count_statement(tab: DownloadTab, where: Where, limit: int | None = None) -> str:
    """Return a query that counts the rows, up to `limit`."""
    source = "routing.published_staff s" if tab is DownloadTab.USERS else "lifecycle.report r"
    most = f" LIMIT {limit}" if limit else ""
    return f"SELECT count(*) FROM (SELECT FROM {source} WHERE {where.condition}{most}) n"  # noqa: S608


_STEPS = """
LEFT JOIN LATERAL (
    SELECT min(at) FILTER (WHERE action = 'follow_up') AS first_follow_up_at,
           max(at) FILTER (WHERE action = 'follow_up') AS last_follow_up_at,
           count(*) FILTER (WHERE action = 'follow_up') AS follow_ups,
           count(*) FILTER (WHERE action = 'reply') AS replies,
           count(*) FILTER (WHERE action = 'reopen') AS reopenings,
           (array_agg(details ORDER BY entry DESC)
               FILTER (WHERE details ->> 'follow_up_kind' = 'follow_up'))[1] AS came_to
    FROM lifecycle.history WHERE number = r.number AND NOT details ? 'refused'
) h ON true
"""
_FIGURES = f"""
SELECT r.number, r.status, r.tab, r.handler_id, r.channel, r.classification, r.category_id,
       r.submitted_at, r.verified_at, h.first_follow_up_at
FROM lifecycle.report r {_STEPS} WHERE {{where}}"""  # noqa: S608
# Times of an anonymous report are cut to the hour: the person who entered it may have verified it
# in the same second.
_TIMES = ("submitted_at", "verified_at", "due_at", "auto_close_at", "ended_at", "last_step_at")
_TIMES_TOLD = {
    with_arrivals: ", ".join(
        f"{staff_time('r', name, with_arrivals=with_arrivals)} AS {name}" for name in _TIMES
    )
    for with_arrivals in (True, False)
}
_AS_KEPT = ", ".join(
    f"t.{name}"
    for name in ReportText.model_fields
    if name not in ("number", "title", "body", "original_title", "original_body", "search")
)
# An anonymous report is not shown as linked to one that is not: both have the same reporter.
_REPORTS = {
    with_arrivals: f"""
SELECT r.number, r.status, r.tab, r.handler_id, r.channel, r.classification, r.category_id,
       {times},
       h.first_follow_up_at, h.last_follow_up_at, h.follow_ups,
       h.replies, h.reopenings, h.came_to ->> 'outcome' AS outcome,
       h.came_to ->> 'unmet_reason' AS unmet_reason,
       r.anonymous, r.secret, r.priority, r.held, r.overdue,
       r.region_code,
       CASE WHEN r.anonymous = l.anonymous THEN r.linked_number END AS linked_number, r.main_number,
       coalesce(t.title, t.original_title) AS title, t.original_body,
       coalesce(t.body, t.original_body) AS body, {_AS_KEPT},
       d.details AS reason_details, d.words AS reason_words, s.rating
FROM lifecycle.report r
JOIN lifecycle.report_text t ON t.number = r.number {_STEPS}
LEFT JOIN lifecycle.report l ON l.number = r.linked_number
LEFT JOIN LATERAL (
    SELECT e.details, n.words
    FROM lifecycle.history e LEFT JOIN routing.published_note n ON n.command_id = e.ref
    WHERE e.number = r.number AND e.action = ANY (ARRAY['defer', 'archive'])
    ORDER BY e.entry DESC LIMIT 1
) d ON r.tab = ANY (ARRAY['deferred', 'archived']) AND r.status <> 'ARCHIVED_BY_REPORTER'
LEFT JOIN LATERAL (
    SELECT m.rating FROM lifecycle.history e
    JOIN followup.published_message m ON m.command_id = e.ref
    WHERE e.number = r.number AND e.action = 'declare_satisfied' ORDER BY e.entry DESC LIMIT 1
) s ON r.tab = 'closed'
WHERE {{where}}"""  # noqa: S608
    for with_arrivals, times in _TIMES_TOLD.items()
}
_USERS = """
SELECT s.id, s.username, s.name, s.role, s.agency_id AS handler_id, s.active
FROM routing.published_staff s WHERE {where}"""
_KEYS = ("r.number", "s.agency_id, s.name, s.id")
"""The order of reports, and the order of users."""
