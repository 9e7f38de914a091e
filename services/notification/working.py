"""All that messages need running beside HTTP: the reader of the bus, sending, retries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from services.notification.events_to_messages import EventsToMessages, reader
from services.notification.mail import Mailer
from services.notification.metrics import measure
from services.notification.models import Message
from services.notification.outgoing import Outbox
from services.notification.retry_names import DELAYS
from services.notification.retrying import RetryActivities, retries_working
from services.notification.sending import Providers, Sending
from services.notification.text_messages import SmsGateway
from shared.clock import now
from shared.database.engine import Database
from shared.partners.background import in_background
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings

KEPT = timedelta(days=180)
"""How long a message that has ended is listed."""
MEASURE_EVERY = 15.0
FORGET_EVERY = 3600.0


@asynccontextmanager
async def messages_working(
    database: Database,
    settings: Settings,
    written: asyncio.Event,
    delays: tuple[float, ...] = DELAYS,
) -> AsyncIterator[None]:
    """Tell people what happens, until the block ends. `written` is set by whoever writes a row
    that is to be sent at once; `delays` in seconds, as in `RetryRun`. Without Temporal all goes
    on but the retries."""
    cipher = IdentityCipher(settings.identity_keys)
    portal = settings.public_base_url.rstrip("/")
    outbox = Outbox(cipher, BlindIndex(settings.blind_index_key), portal)
    mailer = Mailer(settings.smtp_url, settings.smtp_username, settings.smtp_password)
    gateway = SmsGateway(settings.sms_gateway_url, settings.sms_gateway_secret)
    providers = Providers(mailer, gateway, settings.mail_from, portal)
    to_retry = asyncio.Event()
    sending = Sending(database, outbox, providers, written, to_retry)
    events = EventsToMessages(database, written)
    retries = RetryActivities(database, outbox, providers)

    async with AsyncExitStack() as stack:
        stack.push_async_callback(providers.close)
        for context in (
            retries_working(settings, database, retries, to_retry, delays),
            repeating("sending messages", 1.0, sending.run),
            repeating("measuring messages", MEASURE_EVERY, lambda: measure(database)),
            repeating("forgetting messages", FORGET_EVERY, lambda: _forget(database)),
            in_background(
                settings.nats_url,
                "notification",
                lambda bus: [reader(bus, database, cipher, events)],
            ),
        ):
            await stack.enter_async_context(context)
        yield


async def _forget(database: Database) -> None:
    old = delete(Message).where(col(Message.finished_at) < now() - KEPT)
    async with database.session() as session:
        await session.execute(old)
