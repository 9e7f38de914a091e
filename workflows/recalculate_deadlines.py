"""Recalculates the stored deadlines of running clocks after an edit of the calendar."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text

from shared.database.engine import Database, raw
from shared.database.policy_in_force import CALENDAR_MARK, load_calendar
from shared.lifecycle import clocks
from shared.lifecycle.calendar import WorkingCalendar
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import is_away
from shared.resilience.set_aside import count_set_aside
from shared.temporal.report_gateway import ReportGateway

BATCH: Final = 500


@dataclass(frozen=True)
class Redating:
    """Recalculates in batches, and wakes only the runs whose next deadline became earlier.

    The other runs learn of the new date when their timer fires and they ask. A run is woken before
    its batch is committed, and waits at its row's lock for the new dates. If Temporal is away or
    this process dies, the batch is not committed and comes again.
    """

    database: Database
    gateway: ReportGateway

    async def once(self) -> None:
        """Do nothing unless the calendar differs from the one by which all clocks were
        calculated."""
        async with self.database.autocommit() as connection:
            mark, dated_to = (await connection.execute(_MARKS)).one()
        if mark == dated_to:
            return
        async with self.database.session() as session:
            await session.execute(_BEGUN, {"mark": mark})
        after: int | None = 0
        while after is not None:
            after = await self._batch(after)
        async with self.database.session() as session:
            await session.execute(_DATED_TO, {"mark": mark})
            await session.execute(_FINISHED)

    async def _batch(self, after: int) -> int | None:
        """Recalculate the next reports by number; return the last number, or None at the end."""
        earlier = []
        async with self.database.session() as session:
            rows = (await session.execute(_RUNNING, {"after": after, "limit": BATCH})).all()
            calendar = await load_calendar(session)
            connection = await raw(session)
            async with connection.pipeline():
                for row in rows:
                    try:
                        state = ReportState.model_validate(row.state)
                        dated = redated(state, calendar)
                    except Exception as error:  # noqa: BLE001  the others get their dates
                        count_set_aside("redating", type(error).__name__, row.number)
                        continue
                    if dated == state:
                        continue
                    await connection.execute(
                        _REPORT,
                        (dated.due_at, dated.auto_close_at, dated.model_dump_json(), row.number),
                    )
                    for request in dated.requests:
                        clock = dated.clock(ClockKind.REQUEST, str(request.id))
                        due_at = clock.deadline if clock else None
                        await connection.execute(_REQUEST, (due_at, request.id))
                    if _next(dated) < _next(state):
                        earlier.append(dated)
            await session.execute(_FURTHER, {"reports": len(rows)})
            await asyncio.gather(*(self._wake(state) for state in earlier))
        return rows[-1].number if len(rows) == BATCH else None

    async def _wake(self, state: ReportState) -> None:
        try:
            await self.gateway.recheck(state)
        except Exception as error:
            if is_away(error):
                raise
            # One run that cannot be woken does not stop its batch.
            count_set_aside("redating", type(error).__name__, state.number)


def redated(state: ReportState, calendar: WorkingCalendar) -> ReportState:
    """The same state, with its deadlines calculated by this calendar."""
    dated = tuple(clocks.redate(clock, calendar, state.number) for clock in state.clocks)
    return state.model_copy(update={"clocks": dated})


def _next(state: ReportState) -> float:
    clock = state.next_clock
    deadline: datetime | None = clock.deadline if clock else None
    return deadline.timestamp() if deadline else float("inf")


_MARKS = text(f"SELECT ({CALENDAR_MARK}), (SELECT mark FROM lifecycle.calendar_mark)")  # noqa: S608
_BEGUN = text(
    "INSERT INTO lifecycle.redating_progress AS p (id, mark, total, done, started_at)"
    " SELECT 1, :mark, count(*), 0, clock_timestamp() FROM lifecycle.report"
    " WHERE state->'clocks' <> '[]'"
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, total = excluded.total, done = 0,"
    " started_at = excluded.started_at, finished_at = NULL"
)
_FURTHER = text("UPDATE lifecycle.redating_progress SET done = done + :reports")
_FINISHED = text("UPDATE lifecycle.redating_progress SET finished_at = clock_timestamp()")
_DATED_TO = text(
    "INSERT INTO lifecycle.calendar_mark (id, mark) VALUES (1, :mark)"
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
)
_RUNNING = text(
    "SELECT number, state FROM lifecycle.report WHERE number > :after"
    " AND state->'clocks' <> '[]' ORDER BY number LIMIT :limit FOR NO KEY UPDATE"
)
_REPORT = """
UPDATE lifecycle.report SET due_at = %s, auto_close_at = %s, state = %s WHERE number = %s
"""
_REQUEST = "UPDATE lifecycle.request SET due_at = %s WHERE id = %s"
