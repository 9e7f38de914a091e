"""After a restore: what a report's last step was, for streams that have not heard of it."""

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
"""A step is told after it was made."""


async def last_told(bus: Bus) -> datetime | None:
    """When the streams last heard of a step; None where they know of none."""
    state = (await bus.js.stream_info(REPORTS.name)).state
    return (await bus.js.get_msg(REPORTS.name, state.last_seq)).time if state.messages else None


async def tell_again(
    session: AsyncSession, since: datetime, told: dict[int, int], words_at: str
) -> list[int]:
    """Puts the last step of each report into the outbox that was made after this instant and of
    which nobody was told, by `told` the latest version of each. It has the id of the message that
    is lost. Steps before the last are not told: who follows a report reads where it stands."""
    lines = select(col(Report.state), col(Report.external_id), HistoryEntry).where(
        col(Report.last_step_at) >= since - _OVERLAP,
        col(HistoryEntry.number) == col(Report.number),
        col(HistoryEntry.version) == col(Report.version),
    )
    first: dict[int, Any] = {}
    for row in await session.execute(lines.order_by(col(HistoryEntry.entry))):
        first.setdefault(row.HistoryEntry.number, row)
    behind = [n for n, row in first.items() if told.get(n, 0) < row.HistoryEntry.version]
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
