"""Handles failures that become known after a message was sent. It did not arrive, or the contact
does not exist."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.events.message_rows import queue_for_other_channel
from services.notification.metrics import count_message
from services.notification.models import Channel, Contact, Message
from shared.clock import now

STILL_NEWS = timedelta(days=7)
"""How long the news is still sent by another channel; mail servers try for five days."""
_NO_SUCH: dict[Channel, str] = {"email": "no_such_address", "sms": "no_such_number"}


async def came_back(
    session: AsyncSession, id: UUID, channel: Channel, *, nobody_there: bool
) -> bool:
    """Record that a sent message has not arrived. News for a reporter then goes by another channel,
    if one can be used. Returns False, and changes nothing, if the message is not ours, has arrived,
    or was recorded before."""
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
        await queue_for_other_channel(session, message)
    return True


async def end_proof(session: AsyncSession, contact_id: UUID | None) -> None:
    """End the proof of a contact that does not exist. Nothing is sent there until it is proven
    again."""
    ended = {"undeliverable_at": now(), "proven_at": None, "proof": None, "offered": None}
    of_contact = col(Contact.id) == contact_id
    await session.execute(update(Contact).where(of_contact).values(**ended))
