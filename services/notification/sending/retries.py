"""Retries by Temporal: starting them for messages, their attempts, and giving up."""

import asyncio

from sqlalchemy import select, update
from sqlmodel import col
from temporalio import activity
from temporalio.client import Client

from services.notification.models import Message
from services.notification.outgoing.prepared import NoLongerSent
from services.notification.outgoing.to_reporters import Outbox
from services.notification.sending import retry_names as names
from services.notification.sending.errors import NotDelivered, TryAgain, Undeliverable
from services.notification.sending.outcomes import Settling
from services.notification.sending.quiet_hours import waiting_for_morning
from services.notification.sending.retry_names import DELAYS, RetryRun
from services.notification.sending.sender import Providers
from shared.database.engine import Database
from shared.resilience.periodic import by_itself

STARTED_AT_ONCE = 500
AT_A_TIME = 20


class RetryActivities:
    """The worker's activities for retries. The database decides whether there is still something to
    send."""

    def __init__(
        self, database: Database, outbox: Outbox, providers: Providers, settling: Settling
    ) -> None:
        self._database, self._outbox, self._providers = database, outbox, providers
        self._settling = settling

    @activity.defn(name=names.SEND)
    async def send(self, run: RetryRun) -> bool:
        """Make one attempt. Returns True if nothing more is to be done."""
        message = await self._waiting(run)
        if message is None:
            return True
        async with self._database.session() as session:
            if await waiting_for_morning(session, [message]):
                return False
            outgoing = (await self._outbox.prepare(session, [message]))[message.id]
        if isinstance(outgoing, NoLongerSent):
            await self._settling.skipped(message, outgoing.reason)
            return True
        try:
            provider_id = await self._providers.hand_over(message, outgoing)
        except Undeliverable as error:
            await self._settling.failed(message, error)
            return True
        except NotDelivered as error:
            await self._note(message, error)
            return False
        await self._settling.sent(message, provider_id)
        return True

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, run: RetryRun) -> bool:
        """End the round as failed; a text message may be sent instead of mail."""
        message = await self._waiting(run)
        if message is not None:
            await self._settling.failed(message, TryAgain(message.reason or "put_off"))
        return True

    async def _waiting(self, run: RetryRun) -> Message | None:
        this_round = (
            col(Message.id) == run.message_id,
            col(Message.state) == "queued",
            col(Message.retrying),
            col(Message.retry_round) == run.round,
        )
        async with self._database.session() as session:
            return await session.scalar(select(Message).where(*this_round))

    async def _note(self, message: Message, error: NotDelivered) -> None:
        noted = update(Message).where(col(Message.id) == message.id)
        async with self._database.session() as session:
            await session.execute(
                noted.values(reason=error.reason, attempts=col(Message.attempts) + 1)
            )


class Retries:
    """Starts Temporal workflows for messages that need retries. `delays` as in `RetryRun`."""

    def __init__(
        self, client: Client, database: Database, delays: tuple[float, ...] = DELAYS
    ) -> None:
        self._client, self._database, self._delays = client, database, delays

    async def start_waiting(self) -> None:
        """Start the workflows that were not started yet, for example because Temporal was away."""
        waiting = (
            select(col(Message.id), col(Message.retry_round))
            .where(
                col(Message.state) == "queued",
                col(Message.retrying),
                ~col(Message.retry_started),
            )
            .order_by(col(Message.created_at))
            .limit(STARTED_AT_ONCE)
        )
        async with self._database.autocommit() as connection:
            rows = (await connection.execute(waiting)).all()
        gate = asyncio.Semaphore(AT_A_TIME)
        await asyncio.gather(
            *(
                by_itself(
                    "message retries",
                    id,
                    self._start(RetryRun(message_id=id, round=round, delays=self._delays), gate),
                )
                for id, round in rows
            )
        )

    async def _start(self, run: RetryRun, gate: asyncio.Semaphore) -> None:
        async with gate:
            await names.start(self._client, run)
        of_run = col(Message.id) == run.message_id, col(Message.retry_round) == run.round
        async with self._database.session() as session:
            await session.execute(update(Message).where(*of_run).values(retry_started=True))
