"""Items of the bell that are read, or forgotten: several at once may come to the same ones."""

from sqlalchemy import Select, any_, literal, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.models import BellItem
from shared.clock import now
from shared.database.columns import IntArray


async def mark_read(session: AsyncSession, ids: Select[int | None]) -> None:
    """Those of these items that are not read yet."""
    found = (await session.scalars(locked(ids.where(col(BellItem.read_at).is_(None))))).all()
    if found:
        these = update(BellItem).where(col(BellItem.id) == any_(literal(found, IntArray)))
        marked = these.values(read_at=now()).execution_options(synchronize_session=False)
        await session.execute(marked)


def locked(ids: Select[int | None]) -> Select[int | None]:
    """In one order, so that nobody waits in a circle."""
    return ids.order_by(col(BellItem.id)).with_for_update(of=BellItem)
