"""What becomes of a message's row once its provider has answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col

from services.notification.contacts.code_limits import CODE_LASTS
from services.notification.events.message_rows import tell_otherwise
from services.notification.metrics import count_message
from services.notification.models import Message
from services.notification.outgoing.to_reporters import CODE
from services.notification.sending.errors import (
    NeverDeliverable,
    NotDelivered,
    ProviderAway,
    TryAgain,
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
    """How one message ended. `keeps_code`: one that failed needs it to be sent again."""

    id: UUID
    state: str
    reason: str | None
    provider_id: str | None
    keeps_code: bool


class Settling:
    """Writes outcomes. All are safe to repeat: a row that has ended stays as it is. Messages that
    end at the same time do so in one transaction; each is written before its sender goes on, so
    that no more than are under way can be sent again after a crash."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._endings = Batcher[_Ended, bool](self._end_together)

    async def finish(self) -> None:
        """Until what was handed over is written: else it would be sent again."""
        await self._endings.finish()

    async def sent(self, message: Message, provider_id: str | None) -> None:
        await self._end(message, "sent", None, provider_id)

    async def skipped(self, message: Message, reason: str) -> None:
        """Nothing may go to its contact any more; the news goes by another channel if it may."""
        await self._tell_otherwise(message)
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

    async def put_off(self, message: Message, until: datetime) -> None:
        """It waits for the morning, as one that nobody has tried yet."""
        await self._change(message.id, not_before=until, leased_until=None, attempts=0)

    async def failed(self, message: Message, error: NotDelivered) -> None:
        """It is given up; the news goes by another channel if it may."""
        if isinstance(error, NeverDeliverable) and error.nobody_there:
            async with self._database.session() as session:
                await end_proof(session, message.contact_id)
        await self._tell_otherwise(message)
        await self._end(message, "failed", error.reason)

    async def _tell_otherwise(self, message: Message) -> None:
        """Before the row has ended: after a crash in between it is done again. A message that makes
        no sense ends all the same."""
        try:
            async with self._database.session() as session:
                await tell_otherwise(session, message)
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
        """Of each, whether it had not ended before."""
        columns = zip(*ended, strict=True)  # each row is its sender's own: nobody locks crosswise
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


# One statement for as many as end together: a transaction each was most of what sending cost.
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
