"""The background work of messages: reading the bus, sending and retrying."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from services.notification.bell.marking import locked
from services.notification.contacts.code_limits import CodeLimits
from services.notification.contacts.codes import Codes
from services.notification.contacts.first_codes import FirstCodes
from services.notification.digest.mornings import DigestActivities
from services.notification.events.events_to_messages import EventsToMessages, reader
from services.notification.events.reveal_notices import RevealNotices
from services.notification.metrics import measure
from services.notification.models import BellItem, Message, ToldDeadline
from services.notification.outgoing.to_reporters import Outbox
from services.notification.sending.mail import Mailer
from services.notification.sending.outcomes import Settling
from services.notification.sending.retries import RetryActivities
from services.notification.sending.retry_names import DELAYS
from services.notification.sending.sender import BATCHES, Providers, Sending
from services.notification.sending.text_messages import SmsGateway
from services.notification.staff.emergencies import LOOP, notify_of_emergencies
from services.notification.staff.near_deadlines import notify_of_deadlines
from services.notification.worker import worker_running
from shared.clock import now
from shared.database.engine import Database
from shared.http.limits import RateLimits
from shared.partners.background import in_background
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings

KEPT = timedelta(days=180)
"""How long a message that has ended stays in the database."""
REVEALS_EVERY = 30.0
MEASURE_EVERY = 15.0
BELL_KEPT = timedelta(days=90)
"""How long the bell keeps an item."""
FORGET_EVERY = 3600.0
DEADLINES_EVERY = 600.0
EMERGENCIES_EVERY = 5.0


@asynccontextmanager
async def messages_working(
    database: Database,
    settings: Settings,
    written: asyncio.Event,
    delays: tuple[float, ...] = DELAYS,
) -> AsyncIterator[None]:
    """Run the background work until the block ends. `written` is set by code that writes a row to
    be sent at once; `delays` in seconds, as in `RetryRun`. Without Temporal everything works except
    retries and digests."""
    cipher = IdentityCipher(settings.identity_keys)
    portal = settings.public_base_url.rstrip("/")
    outbox = Outbox(cipher, BlindIndex(settings.blind_index_key), portal)
    mailer = Mailer(settings.smtp_url, settings.smtp_username, settings.smtp_password)
    gateway = SmsGateway(settings.sms_gateway_url, settings.sms_gateway_secret)
    providers = Providers(mailer, gateway, settings.mail_from, portal)
    to_retry = asyncio.Event()
    settling = Settling(database)
    sending = Sending(database, outbox, providers, settling, written, to_retry)
    limits = CodeLimits(RateLimits(database, "notification", settings.blind_index_key), settings)
    codes = Codes(cipher, BlindIndex(settings.blind_index_key))
    first_codes = FirstCodes(database, cipher, codes, limits)
    events = EventsToMessages(database, first_codes, written)
    reveals = RevealNotices(database, written)
    retries = RetryActivities(database, outbox, providers, settling)
    digests = DigestActivities(database, written)

    async with AsyncExitStack() as stack:
        stack.push_async_callback(providers.close)
        stack.push_async_callback(settling.finish)
        for context in (
            worker_running(settings, database, retries, digests, to_retry, delays),
            *(repeating("sending messages", 1.0, sending.run) for _ in range(BATCHES)),
            repeating("sending letters", 1.0, sending.run_letters),
            repeating("telling of reveals", REVEALS_EVERY, reveals.tell),
            repeating("measuring messages", MEASURE_EVERY, lambda: measure(database)),
            repeating("forgetting messages", FORGET_EVERY, lambda: _forget(database)),
            repeating("near deadlines", DEADLINES_EVERY, lambda: notify_of_deadlines(database)),
            repeating(LOOP, EMERGENCIES_EVERY, lambda: notify_of_emergencies(database, written)),
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
    long_ago = select(col(BellItem.id)).where(col(BellItem.created_at) < now() - BELL_KEPT)
    rung = delete(BellItem).where(col(BellItem.id).in_(locked(long_ago)))
    number = col(ToldDeadline.number)
    over = select(number).where(col(ToldDeadline.due_at) < now()).order_by(number)
    past = delete(ToldDeadline).where(number.in_(over.with_for_update()))
    async with database.session() as session:
        await session.execute(past)
        await session.execute(old)
        await session.execute(rung)
