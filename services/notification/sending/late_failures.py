"""What turns out after a message was handed over: it has not arrived, or nobody is there."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.events.message_rows import tell_otherwise
from services.notification.metrics import count_message
from services.notification.models import Channel, Contact, Message
from shared.clock import now

STILL_NEWS = timedelta(days=7)
"""For how long it is told by another channel: mail servers try for five days."""
_NO_SUCH: dict[Channel, str] = {"email": "no_such_address", "sms": "no_such_number"}


async def came_back(
    session: AsyncSession, id: UUID, channel: Channel, *, nobody_there: bool
) -> bool:
    """A message that its provider took has not arrived: news for a reporter goes by another channel
    that may carry it. False, and nothing changes, where it is none of ours, has arrived, or has
    come back before."""
    reason = _NO_SUCH[channel] if nobody_there else "undelivered"
    lost = (
        update(Message)
        .where(
            col(Message.id) == id,
            col(Message.channel) == channel,
            col(Message.state) == "sent",
            col(Message.delivered_at).is_(None),
        )
        .values(state="failed", reason=reason)
        .returning(Message)
    )
    message = (await session.scalars(lost)).one_or_none()
    if message is None:
        return False
    count_message(channel, "failed", reason)
    if nobody_there:
        await end_proof(session, message.contact_id)
    if message.created_at > now() - STILL_NEWS:
        await tell_otherwise(session, message)
    return True


async def end_proof(session: AsyncSession, contact_id: UUID | None) -> None:
    """Nobody is at this contact: it is told nothing until it is proven anew."""
    ended = {"undeliverable_at": now(), "proven_at": None, "proof": None, "offered": None}
    of_contact = col(Contact.id) == contact_id
    await session.execute(update(Contact).where(of_contact).values(**ended))
