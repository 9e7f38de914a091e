"""The reporting service: what it adds up to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reporting import downloads, large_downloads, messages, public_figures
from services.reporting.kept_files import KeptFiles
from shared.database.engine import Database
from shared.http.app import create_app
from shared.settings import Settings
from shared.temporal.client import connect

messages.register_all()


def make_app(settings: Settings) -> FastAPI:
    """The application; Temporal is needed for large downloads to be made, NATS for live events."""
    database = Database(settings.database_url, application="lapor-reporting")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.temporal = await connect(settings, "reporting")
        yield

    app = create_app(
        name="reporting",
        title="LAPOR! Reporting",
        routers=[
            downloads.router,
            large_downloads.router,
            public_figures.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.kept = KeptFiles(settings.storage_url)
    app.state.making = downloads.making_slots()
    return app
