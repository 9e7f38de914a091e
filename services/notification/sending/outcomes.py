"""Records the outcome of a message once its provider has answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col

from services.notification.contacts.code_limits import CODE_LASTS
from services.notification.events.message_rows import queue_for_other_channel
from services.notification.metrics import count_message
from services.notification.models import Message
from services.notification.outgoing.to_reporters import CODE
from services.notification.sending.errors import (
    NotDelivered,
    ProviderAway,
    TryAgain,
    Undeliverable,
)
from services.notification.sending.late_failures import end_proof
from shared.batcher import Batcher
from shared.clock import now
from shared.database.engine import Database
from shared.resilience.periodic import is_away
from shared.resilience.set_aside import count_set_aside

GIVEN_UP_AFTER = timedelta(days=3)
CODE_AGAIN = timedelta(seconds=10)


class _Ended(NamedTuple):
    """How one message ended. `keeps_code`: it failed, and needs its code or link to be sent
    again."""

    id: UUID
    state: str
    reason: str | None
    provider_id: str | None
    keeps_code: bool


class Settling:
    """Writes outcomes. All methods are safe to repeat: a row that has ended does not change.
    Messages that end at the same time share a transaction. Each is written before its sender
    continues, so that after a crash only the messages in progress can be sent twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._endings = Batcher[_Ended, bool](self._end_together)

    async def finish(self) -> None:
        """Wait until all outcomes are written; otherwise those messages would be sent again."""
        await self._endings.finish()

    async def sent(self, message: Message, provider_id: str | None) -> None:
        await self._end(message, "sent", None, provider_id)

    async def skipped(self, message: Message, reason: str) -> None:
        """Record that the message may not be sent to its contact. The news goes by another channel,
        if one can be used."""
        await self._queue_for_other_channel(message)
        await self._end(message, "skipped", reason)

    async def not_sent(self, message: Message, error: NotDelivered, *, again: datetime) -> bool:
        """Record that sending failed. Returns whether Temporal is to retry it: the provider works,
        but does not accept the message now. `again`: the time of the next try if the provider is
        away."""
        late = now() - message.created_at > _patience(message)
        if isinstance(error, Undeliverable) or late:
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

    async def put_off(self, message: Message, until: datetime) -> None:
        """Let the message wait for the morning, as if nobody had tried it yet."""
        await self._change(message.id, not_before=until, leased_until=None, attempts=0)

    async def failed(self, message: Message, error: NotDelivered) -> None:
        """Give the message up; the news goes by another channel, if one can be used."""
        if isinstance(error, Undeliverable) and error.nobody_there:
            async with self._database.session() as session:
                await end_proof(session, message.contact_id)
        await self._queue_for_other_channel(message)
        await self._end(message, "failed", error.reason)

    async def _queue_for_other_channel(self, message: Message) -> None:
        """Queue the news for another channel. This comes before the row ends, so that it is
        repeated after a crash in between. A malformed message ends all the same."""
        try:
            async with self._database.session() as session:
                await queue_for_other_channel(session, message)
        except Exception as error:
            if is_away(error):
                raise
            count_set_aside("messages", type(error).__name__, message.id)

    async def _end(
        self, message: Message, state: str, reason: str | None, provider_id: str | None = None
    ) -> None:
        keeps_code = state == "failed" and message.template != CODE
        if await self._endings.ask(_Ended(message.id, state, reason, provider_id, keeps_code)):
            count_message(message.channel, state, reason)

    async def _end_together(self, ended: Sequence[_Ended]) -> list[bool]:
        """End these messages; returns for each whether this call ended it."""
        columns = zip(*ended, strict=True)  # each row has one sender, so no deadlocks
        values = dict(zip(_Ended._fields, map(list, columns), strict=True))
        async with self._database.session() as session:
            rows = await session.scalars(_END, values | {"at": now()})
            changed = set(rows)
        return [each.id in changed for each in ended]

    async def _change(self, id: UUID, **values: Any) -> bool:
        still = col(Message.id) == id, col(Message.state) == "queued"
        changed = update(Message).where(*still).values(**values).returning(col(Message.id))
        async with self._database.session() as session:
            return await session.scalar(changed) is not None


def _patience(message: Message) -> timedelta:
    return CODE_LASTS if message.template == CODE else GIVEN_UP_AFTER


# One statement for all that end together: separate transactions took most of the time of sending.
_END = text("""
UPDATE notification.message m
SET state = e.state, reason = e.reason, finished_at = :at, leased_until = NULL,
    provider_id = coalesce(e.provider_id, m.provider_id),
    sealed_code = CASE WHEN e.keeps_code THEN m.sealed_code END
FROM unnest(CAST(:id AS uuid[]), CAST(:state AS text[]), CAST(:reason AS text[]),
        CAST(:provider_id AS text[]), CAST(:keeps_code AS boolean[]))
    AS e (id, state, reason, provider_id, keeps_code)
WHERE m.id = e.id AND m.state = 'queued'
RETURNING m.id
""")
