"""The notification service: who is told what, and that it arrived; contacts and their proof."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notification import delivery_reports, proofs, recovery
from services.notification.code_limits import CodeLimits
from services.notification.codes import Codes
from services.notification.resources import Resources
from services.notification.working import messages_working
from shared.database.engine import Database
from shared.http.app import create_app
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.settings import Settings


def make_app(settings: Settings) -> FastAPI:
    """The application; needs Postgres to be ready. Temporal carries only what a provider did not
    take at once."""
    database = Database(settings.database_url, application="lapor-notification")
    cipher = IdentityCipher(settings.identity_keys)
    written = asyncio.Event()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with messages_working(database, settings, written):
            yield

    app = create_app(
        name="notification",
        title="LAPOR! Notification",
        routers=[proofs.router, recovery.router, delivery_reports.router],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.resources = Resources(
        cipher=cipher,
        codes=Codes(cipher, BlindIndex(settings.blind_index_key)),
        limits=CodeLimits(
            app.state.rate_limits, settings.sms_codes_per_hour, settings.sms_codes_per_prefix
        ),
        written=written,
    )
    return app
