"""The Temporal worker of this service: retries and mornings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from services.notification.digest.mornings import DigestActivities, schedule_mornings
from services.notification.digest.workflow import DigestWorkflow
from services.notification.sending.retries import AT_A_TIME, Retries, RetryActivities
from services.notification.sending.retry_names import TASK_QUEUE
from services.notification.sending.retry_workflow import MessageRetryWorkflow
from shared.database.engine import Database
from shared.resilience.periodic import by_itself
from shared.resilience.stopping import Stopped, unless_stopped
from shared.settings import Settings
from shared.temporal.client import connect_patiently
from shared.temporal.sandbox import restrictions

LOOK_EVERY = 30.0
"""Seconds between two looks for retries that were not started because Temporal was away."""
SANDBOX = SandboxedWorkflowRunner(
    restrictions("services.notification.digest.names", "services.notification.sending.retry_names")
)


@asynccontextmanager
async def worker_running(
    settings: Settings,
    database: Database,
    activities: RetryActivities,
    digests: DigestActivities,
    to_retry: asyncio.Event,
    delays: tuple[float, ...],
) -> AsyncIterator[None]:
    """Run retries and digests until the block ends, as soon as Temporal is there. Messages to retry
    are looked for when `to_retry` is set, and at intervals."""
    stopping = asyncio.Event()
    task = asyncio.create_task(
        _work(settings, database, activities, digests, to_retry, delays, stopping)
    )
    try:
        yield
    finally:
        stopping.set()
        to_retry.set()
        await task


async def _work(
    settings: Settings,
    database: Database,
    activities: RetryActivities,
    digests: DigestActivities,
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
        task_queue=TASK_QUEUE,
        workflows=[MessageRetryWorkflow, DigestWorkflow],
        activities=[
            *(activities.send, activities.give_up),
            *(digests.is_due, digests.write_batch),
        ],
        workflow_runner=SANDBOX,
        max_concurrent_activities=AT_A_TIME,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )
    scheduled: bool | None = None
    async with worker:
        while not stopping.is_set():
            to_retry.clear()  # first of all: what is set from here on is seen below
            scheduled = scheduled or await by_itself(
                "digests", "schedules", schedule_mornings(client)
            )
            await by_itself("message retries", "all", retries.start_waiting())
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await to_retry.wait()
