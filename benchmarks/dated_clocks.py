"""Reports whose clocks run out when a measurement wants it, and how late each is recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from benchmarks.http import Connection
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack

COMMIT_TIMES = {"track_commit_timestamp": "on"}
"""What Postgres has to be told for `lateness`."""
SUBMITTING = 16
PATIENCE = 1800
"""Seconds after which deadlines that have not been recorded are given up."""


@dataclass(frozen=True)
class Lateness:
    """A deadline, and seconds from it to the commit of its step."""

    deadline: datetime
    seconds: float


async def accept(stack: Stack, reports: int, clients: int = SUBMITTING) -> None:
    """So many reports through intake."""
    left = iter(range(reports))

    async def submitting() -> None:
        connection = Connection(stack.addresses.intake_url)
        for _ in left:
            await connection.post("/reports", report_form(), submission_headers())
        await connection.close()

    await asyncio.gather(*(submitting() for _ in range(clients)))


async def date_clocks(stack: Stack, end: datetime, spread: int) -> Sequence[int]:
    """Date the verification clocks of all reports, none launched yet, to one end, spread by number
    over so many seconds after it, as `calendar.spread` does; the numbers."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        dated = await connection.execute(_DATED, {"end": end, "spread": spread})
        return [number for (number,) in await dated.fetchall()]


async def lateness(stack: Stack, reports: int) -> list[Lateness]:
    """Of so many reports, once the deadlines of all are recorded. Raises TimeoutError."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        begun = datetime.now(UTC)
        while True:
            late = await (await connection.execute(_LATE)).fetchall()
            if len(late) >= reports:
                return [Lateness(deadline, float(seconds)) for deadline, seconds in late]
            if (datetime.now(UTC) - begun).total_seconds() > PATIENCE:
                raise TimeoutError(f"{len(late):,} of {reports:,} deadlines were recorded")
            await asyncio.sleep(1)


_DATED = """
WITH dated AS (
    SELECT number, %(end)s::timestamptz
        + make_interval(secs => number %% %(spread)s::int) AS deadline
    FROM lifecycle.report
)
UPDATE lifecycle.report r SET due_at = deadline, state = jsonb_set(
    state, '{clocks,0}', (state #> '{clocks,0}') || jsonb_build_object(
        'unit', 'seconds',
        'remaining', 'PT' || extract(epoch FROM
            deadline - (state #>> '{clocks,0,anchor}')::timestamptz) || 'S',
        'deadline', to_char(deadline AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
FROM dated WHERE dated.number = r.number RETURNING r.number
"""
"""A clock of seconds, as a trial policy's: no working calendar dates it anew."""
_LATE = """
SELECT r.due_at, extract(epoch FROM pg_xact_commit_timestamp(h.xmin) - r.due_at)
FROM lifecycle.history h JOIN lifecycle.report r USING (number)
WHERE h.action = 'overdue'
"""
