"""What was not told because the contact was not proven yet is told once it is: the newest alone."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.channel_choice import choose_channel
from services.notification.events_to_messages import message_row
from services.notification.message_table import Audience, MessageKind
from services.notification.models import Message
from services.notification.outgoing import CODE
from services.notification.reporters import reporters_of
from shared.clock import now
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone

RECENT = timedelta(days=3)
"""What is older is no news any more: the reporter reads it on the report's page."""


async def tell_newest(session: AsyncSession, number: int) -> None:
    """Whoever proves a contact on the receipt is told that the report was accepted; later, what
    happened last. In the transaction of the proof."""
    of_reporter = (
        col(Message.number) == number,
        col(Message.recipient) == Audience.REPORTER.value,
        col(Message.event) != CODE,
    )
    newest = select(Message).where(*of_reporter).order_by(col(Message.version).desc()).limit(1)
    message = await session.scalar(newest)
    if message is None or message.reason != "unproven" or message.created_at < now() - RECENT:
        return
    await session.flush()
    reporter = (await reporters_of(session, [number]))[number]
    kind = MessageKind(message.facts["kind"])
    choice = choose_channel(reporter.contacts, kind, discreet=reporter.discreet, at=now())
    of_handler = col(AgencyEntry.id) == message.facts["handler_id"]
    zone = await session.scalar(select(col(AgencyEntry.zone)).where(of_handler))
    if choice.skipped or zone is None:
        return
    row = message_row(
        reporter,
        choice,
        Zone(zone),
        version=message.version,
        event=message.event,
        template=message.template,
        recipient=message.recipient,
        facts=message.facts,
    )
    again = insert(Message).values(row)
    queued = {name: row[name] for name in ("state", "reason", "contact_id", "not_before")}
    await session.execute(
        again.on_conflict_do_update(
            index_elements=["key"],
            set_=queued | {"created_at": row["created_at"], "finished_at": None},
            where=col(Message.state) == "skipped",
        )
    )
