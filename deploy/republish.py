"""After a restore: publishes a report's last step again if the streams do not have it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.bus.connection import Bus
from shared.bus.streams import REPORTS
from shared.database.engine import raw
from shared.database.lifecycle import HistoryEntry, Report
from shared.lifecycle.decision import Decision, Entry
from shared.lifecycle.events import EVENT_OF, REFUSED_SIGNAL_EVENT
from shared.lifecycle.people import Actor, ActorKind
from shared.lifecycle.state import ReportState
from workflows.outbox import outbox_statements

_OVERLAP: Final = timedelta(minutes=1)
"""A step is published after it was made."""


async def last_published_at(bus: Bus) -> datetime | None:
    """Return when the streams last received a step; None if they have none."""
    state = (await bus.js.stream_info(REPORTS.name)).state
    return (await bus.js.get_msg(REPORTS.name, state.last_seq)).time if state.messages else None


async def republish_last_steps(
    session: AsyncSession, since: datetime, published: dict[int, int], words_at: str
) -> list[int]:
    """Put the last step of each report into the outbox, if it was made after this instant and not
    published; return the reports. `told` holds the latest published version of each report. The
    message has the id of the lost one. Earlier steps are not published: readers follow a report's
    present state."""
    lines = select(col(Report.state), col(Report.external_id), HistoryEntry).where(
        col(Report.last_step_at) >= since - _OVERLAP,
        col(HistoryEntry.number) == col(Report.number),
        col(HistoryEntry.version) == col(Report.version),
    )
    first: dict[int, Any] = {}
    for row in await session.execute(lines.order_by(col(HistoryEntry.entry))):
        first.setdefault(row.HistoryEntry.number, row)
    behind = [n for n, row in first.items() if published.get(n, 0) < row.HistoryEntry.version]
    connection = await raw(session)
    for number in behind:
        row = first[number]
        for statement, values in _messages(row.state, row.external_id, row.HistoryEntry, words_at):
            await connection.execute(statement.encode(), values)
    return sorted(behind)


def _messages(
    stored: dict[str, Any], external_id: str | None, line: HistoryEntry, words_at: str
) -> Iterable[tuple[str, dict[str, Any]]]:
    state = ReportState.model_validate(stored)
    entry = Entry.model_validate(
        line.model_dump() | {"actor": Actor(kind=ActorKind(line.actor_kind))}
    )
    refused = "refused" in entry.details
    decision = Decision(
        step_id="",
        at=entry.at,
        state=state,
        clocks=(),
        entries=(entry,),
        event=REFUSED_SIGNAL_EVENT if refused else EVENT_OF[entry.action],
    )
    return outbox_statements(
        decision,
        state,
        external_id=external_id,
        words_at=f"{words_at}/{state.number}",
        escalated_to=None,
    )
