"""The notification service: messages to people and their delivery, contacts and their proof."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notification import preferences
from services.notification.bell import items as bell
from services.notification.bell import live as bell_stream
from services.notification.bell import opening as bell_opening
from services.notification.bell.changes import LOOK_EVERY, BellChanges
from services.notification.contacts import senders
from services.notification.contacts.code_limits import CodeLimits
from services.notification.contacts.codes import Codes
from services.notification.contacts.resources import Resources
from services.notification.letter import proof as leader_proof
from services.notification.proofs import earlier_reports, new_contacts
from services.notification.proofs import of_accounts as account_contacts
from services.notification.proofs import of_reports as proofs
from services.notification.recovery import access_codes as recovery
from services.notification.recovery import passwords as account_recovery
from services.notification.sending import delivery_reports
from services.notification.staff import email as staff_email
from services.notification.staff import preferences as staff_preferences
from services.notification.working import messages_working
from shared.database.engine import Database
from shared.http.app import create_app
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings


def make_app(settings: Settings) -> FastAPI:
    """Build the application. Postgres has to be ready. Temporal is needed only for messages that a
    provider did not accept at once."""
    database = Database(settings.database_url, application="lapor-notification")
    cipher = IdentityCipher(settings.identity_keys)
    index = BlindIndex(settings.blind_index_key)
    written = asyncio.Event()
    changes = BellChanges(database)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with (
            messages_working(database, settings, written),
            repeating("bells", LOOK_EVERY, changes.look),
        ):
            yield

    app = create_app(
        name="notification",
        title="LAPOR! Notification",
        routers=[
            proofs.router,
            preferences.router,
            recovery.router,
            senders.router,
            staff_email.router,
            staff_preferences.router,
            bell.router,
            bell_stream.router,
            bell_opening.router,
            account_contacts.router,
            new_contacts.router,
            account_recovery.router,
            earlier_reports.router,
            delivery_reports.router,
            leader_proof.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.resources = Resources(
        cipher=cipher,
        codes=Codes(cipher, index),
        limits=CodeLimits(app.state.rate_limits, settings),
        rate_limits=app.state.rate_limits,
        index=index,
        written=written,
    )
    app.state.bell_changes = changes
    return app
