"""The background tasks of webhooks: the reader of NATS, the worker, and the search for waiting
deliveries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_activities import WebhookActivities
from services.reporting.webhooks.delivery_names import DELAYS
from services.reporting.webhooks.delivery_workflow import WebhookDeliveryWorkflow
from services.reporting.webhooks.events_to_webhooks import EventsToWebhooks, reader
from shared.database.engine import Database
from shared.partners.background import in_background
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings
from shared.temporal.sandbox import restrictions

SANDBOX = SandboxedWorkflowRunner(restrictions("services.reporting.webhooks.delivery_names"))
AT_A_TIME = 50
LOOK_EVERY = 30.0
"""Seconds between two searches for deliveries that were not started because Temporal was
unavailable."""


@asynccontextmanager
async def webhooks_working(
    client: Client,
    database: Database,
    settings: Settings,
    delays: tuple[float, ...] = DELAYS,
) -> AsyncIterator[None]:
    """Notify agencies' systems of events until the block ends. `delays` are in seconds, as in
    `DeliveryRun`."""
    cipher = IdentityCipher(settings.identity_keys)
    private = settings.webhooks_to_private_addresses
    sending = WebhookActivities(database, cipher, private=private)
    feed = EventsToWebhooks(database, client, f"{settings.routing_url}/reports", delays)

    async def look() -> None:
        await feed.start_waiting()
        await feed.forget_old()

    worker = Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[WebhookDeliveryWorkflow],
        activities=[sending.send, sending.give_up],
        workflow_runner=SANDBOX,
        max_concurrent_activities=AT_A_TIME,
    )
    reading = in_background(
        settings.nats_url, "webhooks", lambda bus: [reader(bus, database, cipher, feed)]
    )
    try:
        async with worker, reading, repeating("waiting webhooks", LOOK_EVERY, look):
            yield
    finally:
        await sending.close()
