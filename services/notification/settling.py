"""What becomes of a message's row once its provider has answered."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.channel_choice import choose_channel
from services.notification.delivery_errors import (
    NeverDeliverable,
    NotDelivered,
    ProviderAway,
    TryAgain,
)
from services.notification.events_to_messages import message_row
from services.notification.message_table import MessageKind
from services.notification.metrics import count_message
from services.notification.models import Contact, Message
from services.notification.outgoing import CODE
from services.notification.reporters import reporters_of
from shared.clock import now
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone

GIVEN_UP_AFTER = timedelta(days=3)
CODE_LASTS = timedelta(minutes=10)
CODE_AGAIN = timedelta(seconds=10)


class Settling:
    """Writes outcomes. All are safe to repeat: a row that has ended stays as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sent(self, message: Message, provider_id: str | None) -> None:
        await self._end(message, "sent", None, provider_id=provider_id)

    async def skipped(self, message: Message, reason: str) -> None:
        await self._end(message, "skipped", reason)

    async def not_sent(self, message: Message, error: NotDelivered, *, again: datetime) -> bool:
        """Whether it goes on to Temporal: the provider is there and does not take it now.
        `again`: when it is tried where the provider is away."""
        late = now() - message.created_at > _patience(message)
        if isinstance(error, NeverDeliverable) or late:
            await self.failed(message, error)
            return False
        if isinstance(error, TryAgain) and message.template != CODE:
            await self._change(
                message.id,
                reason=error.reason,
                leased_until=None,
                retrying=True,
                retry_round=message.retry_round + 1,
                retry_started=False,
            )
            return True
        at = again if isinstance(error, ProviderAway) else now() + CODE_AGAIN
        await self._change(message.id, not_before=at, leased_until=None, reason=error.reason)
        return False

    async def failed(self, message: Message, error: NotDelivered) -> None:
        """It is given up; where it was mail, a text message goes in its place if it may."""
        if isinstance(error, NeverDeliverable) and error.nobody_there:
            gone = {"undeliverable_at": now(), "proven_at": None, "proof": None}
            async with self._database.session() as session:
                of_message = col(Contact.id) == message.contact_id
                await session.execute(update(Contact).where(of_message).values(**gone))
        await self._end(message, "failed", error.reason)
        if message.channel == "email" and message.template != CODE:
            await self._fall_back(message)

    async def _fall_back(self, message: Message) -> None:
        async with self._database.session() as session:
            reporter = (await reporters_of(session, [message.number])).get(message.number)
            of_handler = col(AgencyEntry.id) == message.facts["handler_id"]
            zone = await session.scalar(select(col(AgencyEntry.zone)).where(of_handler))
            if reporter is None or zone is None:
                return
            choice = choose_channel(
                reporter.contacts,
                MessageKind(message.facts["kind"]),
                discreet=reporter.discreet,
                at=now(),
                without=("email",),
            )
            if choice.skipped:
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
            once = insert(Message).on_conflict_do_nothing(index_elements=["key"])
            await session.execute(once, [row])

    async def _end(self, message: Message, state: str, reason: str | None, **more: Any) -> None:
        ended = {"state": state, "reason": reason, "finished_at": now(), "sealed_code": None}
        if await self._change(message.id, leased_until=None, **ended, **more):
            count_message(message.channel, state, reason)

    async def _change(self, id: UUID, **values: Any) -> bool:
        still = col(Message.id) == id, col(Message.state) == "queued"
        changed = update(Message).where(*still).values(**values).returning(col(Message.id))
        async with self._database.session() as session:
            return await session.scalar(changed) is not None


def _patience(message: Message) -> timedelta:
    return CODE_LASTS if message.template == CODE else GIVEN_UP_AFTER
