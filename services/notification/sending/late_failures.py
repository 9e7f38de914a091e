"""What turns out after a message was handed over: it has not arrived, or nobody is there."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.models import Channel, Contact, Message
from shared.clock import now

_NO_SUCH: dict[Channel, str] = {"email": "no_such_address", "sms": "no_such_number"}


async def came_back(
    session: AsyncSession, id: UUID, channel: Channel, *, nobody_there: bool
) -> bool:
    """A message that its provider took has not arrived. False, and nothing changes, where it is
    none of ours, has arrived, or has come back before."""
    lost = (
        update(Message)
        .where(
            col(Message.id) == id,
            col(Message.channel) == channel,
            col(Message.state) == "sent",
            col(Message.delivered_at).is_(None),
        )
        .values(state="failed", reason=_NO_SUCH[channel] if nobody_there else "undelivered")
        .returning(col(Message.contact_id))
    )
    row = (await session.execute(lost)).one_or_none()
    if row is not None and nobody_there:
        await end_proof(session, row.contact_id)
    return row is not None


async def end_proof(session: AsyncSession, contact_id: UUID | None) -> None:
    """Nobody is at this contact: it is told nothing until it is proven anew."""
    ended = {"undeliverable_at": now(), "proven_at": None, "proof": None, "offered": None}
    of_contact = col(Contact.id) == contact_id
    await session.execute(update(Contact).where(of_contact).values(**ended))
