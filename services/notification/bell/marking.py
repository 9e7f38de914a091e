"""Marks bell items as read, and locks items that are to be read or deleted. Several transactions
may use the same ones at once."""

from sqlalchemy import Select, any_, literal, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.models import BellItem
from shared.clock import now
from shared.database.columns import IntArray


async def mark_read(session: AsyncSession, ids: Select[int | None]) -> None:
    """Mark those of these items as read that are still unread."""
    found = (await session.scalars(locked(ids.where(col(BellItem.read_at).is_(None))))).all()
    if found:
        these = update(BellItem).where(col(BellItem.id) == any_(literal(found, IntArray)))
        marked = these.values(read_at=now()).execution_options(synchronize_session=False)
        await session.execute(marked)


def locked(ids: Select[int | None]) -> Select[int | None]:
    """Lock the items in one order, so that transactions do not deadlock."""
    return ids.order_by(col(BellItem.id)).with_for_update(of=BellItem)
