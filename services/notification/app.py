"""The notification service: who is told what, and that it arrived; contacts and their proof."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notification import delivery_reports
from services.notification.working import messages_working
from shared.database.engine import Database
from shared.http.app import create_app
from shared.settings import Settings


def make_app(settings: Settings) -> FastAPI:
    """The application; needs Postgres to be ready. Temporal carries only what a provider did not
    take at once."""
    database = Database(settings.database_url, application="lapor-notification")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with messages_working(database, settings, app.state.written):
            yield

    app = create_app(
        name="notification",
        title="LAPOR! Notification",
        routers=[delivery_reports.router],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.written = asyncio.Event()
    return app
