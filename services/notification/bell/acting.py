"""Bell items are marked read when a member of staff acts on the report."""

from collections.abc import Sequence

from sqlalchemy import and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.bell.marking import mark_read
from services.notification.models import BellItem
from shared.database.lifecycle import HistoryEntry
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind


async def read_by_acting(session: AsyncSession, events: Sequence[ReportEvent]) -> None:
    """Mark the bell items of the staff who took these steps as read, up to each step. Items of
    colleagues stay unread. Handling the same event again marks nothing newer."""
    steps = sorted({(e.number, e.version) for e in events if e.actor_kind is ActorKind.STAFF})
    if not steps:
        return
    step = tuple_(col(HistoryEntry.number), col(HistoryEntry.version))
    until_then = and_(
        col(BellItem.staff_id) == col(HistoryEntry.staff_id),
        col(BellItem.number) == col(HistoryEntry.number),
        col(BellItem.version) <= col(HistoryEntry.version),
    )
    items = select(col(BellItem.id)).join(HistoryEntry, until_then)
    await mark_read(session, items.where(step.in_(steps)))
