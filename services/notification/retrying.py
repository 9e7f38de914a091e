"""Retries by Temporal: started for rows, their attempts, and giving up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import col
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from services.notification import retry_names as names
from services.notification.channel_choice import not_in_quiet_hours
from services.notification.delivery_errors import NeverDeliverable, NotDelivered, TryAgain
from services.notification.models import Message
from services.notification.outgoing import NotAnyMore, Outbox
from services.notification.retry_names import DELAYS, RetryRun
from services.notification.retry_workflow import MessageRetryWorkflow
from services.notification.sending import Providers
from services.notification.settling import Settling
from shared.clock import now
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone
from shared.resilience.periodic import by_itself
from shared.resilience.stopping import Stopped, unless_stopped
from shared.settings import Settings
from shared.temporal.client import connect_patiently

STARTED_AT_ONCE = 500
AT_A_TIME = 20
LOOK_EVERY = 30.0
"""Seconds between two looks for retries that nobody has started: Temporal was away."""
SANDBOX = SandboxedWorkflowRunner(
    SandboxRestrictions.default.with_passthrough_modules(
        "annotated_types",
        "pydantic",
        "pydantic_core",
        "services.notification.retry_names",
        "typing_inspection",
    )
)


class RetryActivities:
    """What the worker does for retries; the rows decide, whatever is asked."""

    def __init__(self, database: Database, outbox: Outbox, providers: Providers) -> None:
        self._database, self._outbox, self._providers = database, outbox, providers
        self._settling = Settling(database)

    @activity.defn(name=names.SEND)
    async def send(self, run: RetryRun) -> bool:
        """One attempt. True when there is nothing more to do."""
        message = await self._waiting(run)
        if message is None:
            return True
        if message.channel == "sms" and await self._is_quiet(message):
            return False
        async with self._database.session() as session:
            outgoing = (await self._outbox.prepare(session, [message]))[message.id]
        if isinstance(outgoing, NotAnyMore):
            await self._settling.skipped(message, outgoing.reason)
            return True
        try:
            provider_id = await self._providers.hand_over(message, outgoing)
        except NeverDeliverable as error:
            await self._settling.failed(message, error)
            return True
        except NotDelivered as error:
            await self._note(message, error)
            return False
        await self._settling.sent(message, provider_id)
        return True

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, run: RetryRun) -> bool:
        """State that the round is over; a text message may go in place of mail."""
        message = await self._waiting(run)
        if message is not None:
            await self._settling.failed(message, TryAgain(message.reason or "given_up"))
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

    async def _is_quiet(self, message: Message) -> bool:
        of_handler = col(AgencyEntry.id) == message.facts["handler_id"]
        async with self._database.autocommit() as connection:
            zone = await connection.scalar(select(col(AgencyEntry.zone)).where(of_handler))
        return zone is not None and not_in_quiet_hours(now(), Zone(zone)) > now()

    async def _note(self, message: Message, error: NotDelivered) -> None:
        noted = update(Message).where(col(Message.id) == message.id)
        async with self._database.session() as session:
            await session.execute(
                noted.values(reason=error.reason, attempts=col(Message.attempts) + 1)
            )


class Retries:
    """Has Temporal carry the rows that it was not given yet. `delays` as in `RetryRun`."""

    def __init__(
        self, client: Client, database: Database, delays: tuple[float, ...] = DELAYS
    ) -> None:
        self._client, self._database, self._delays = client, database, delays

    async def start_waiting(self) -> None:
        """Start what was not started yet, also what came while Temporal was away."""
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


@asynccontextmanager
async def retries_working(
    settings: Settings,
    database: Database,
    activities: RetryActivities,
    to_retry: asyncio.Event,
    delays: tuple[float, ...],
) -> AsyncIterator[None]:
    """Carry retries until the block ends, from when Temporal is there: what is to be retried is
    looked for when `to_retry` is set, and every now and then."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_retry(settings, database, activities, to_retry, delays, stopping))
    try:
        yield
    finally:
        stopping.set()
        to_retry.set()
        await task


async def _retry(
    settings: Settings,
    database: Database,
    activities: RetryActivities,
    to_retry: asyncio.Event,
    delays: tuple[float, ...],
    stopping: asyncio.Event,
) -> None:
    try:
        client = await unless_stopped(stopping, connect_patiently(settings, "notification"))
    except Stopped:
        return
    retries = Retries(client, database, delays)
    worker = Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[MessageRetryWorkflow],
        activities=[activities.send, activities.give_up],
        workflow_runner=SANDBOX,
        max_concurrent_activities=AT_A_TIME,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )
    async with worker:
        while not stopping.is_set():
            to_retry.clear()
            await by_itself("message retries", "all", retries.start_waiting())
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await to_retry.wait()
