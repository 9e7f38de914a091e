"""The application of the reporting service, put together from its parts."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reporting import live_events, open_data, public_figures
from services.reporting.downloads import endpoints
from services.reporting.downloads import large_downloads as background
from services.reporting.downloads.storage import KeptFiles
from services.reporting.late_client import LateClient
from services.reporting.live_feed import LiveFeed
from services.reporting.live_presence import LOOK_EVERY, PresenceChanges
from services.reporting.statistics import comments, listing, management, places, ranking, usage
from services.reporting.webhooks import deliveries, subscriptions
from shared.database.engine import Database
from shared.http.app import create_app
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings


def make_app(settings: Settings) -> FastAPI:
    """Return the application. It needs Temporal to make large downloads and NATS to send live
    events."""
    database = Database(settings.database_url, application="lapor-reporting")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.temporal = LateClient(settings)
        app.state.live = LiveFeed(settings.nats_url)
        changes = PresenceChanges(database, app.state.live)
        try:
            async with repeating("presence", LOOK_EVERY, changes.look):
                yield
        finally:
            await app.state.live.close()

    app = create_app(
        name="reporting",
        title="LAPOR! Reporting",
        routers=[
            endpoints.router,
            background.router,
            public_figures.router,
            open_data.router,
            live_events.router,
            subscriptions.router,
            deliveries.router,
            management.router,
            ranking.router,
            usage.router,
            places.router,
            listing.router,
            comments.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.identity = IdentityCipher(settings.identity_keys)
    app.state.kept = KeptFiles(settings.storage_url)
    app.state.making = endpoints.making_slots()
    app.state.open_streams = Counter()
    return app
