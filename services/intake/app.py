"""The intake service: every way a report comes in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from services.intake import (
    attachments,
    lookups,
    manual,
    messages,
    published_reports,
    reading,
    reporters,
    sms_webhook,
    social,
    submission,
)
from services.intake.acceptance import Acceptance
from services.intake.resources import Resources
from services.intake.x_api import XApi
from shared import regions
from shared.attachments import AttachmentStore
from shared.database.engine import Database
from shared.database.process_time import ProcessTime
from shared.http.app import create_app
from shared.identity import BlindIndex, IdentityCipher
from shared.settings import Settings

messages.register_all()


def make_app(settings: Settings) -> FastAPI:
    """The application over the database and storage of these settings."""
    database = Database(settings.database_url, application="lapor-intake")
    routing = httpx.AsyncClient(base_url=settings.routing_url, timeout=15)
    x_http = httpx.AsyncClient(base_url=settings.x_api_base_url, timeout=10)
    resources = Resources(
        acceptance=Acceptance.of(settings),
        times=ProcessTime(),
        store=AttachmentStore(settings.storage_url),
        cipher=IdentityCipher(settings.identity_keys),
        index=BlindIndex(settings.blind_index_key),
        http=routing,
        x=XApi(x_http, settings.x_api_token) if settings.x_api_token else None,
        settings=settings,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # The first question for a region reads them all.
        await asyncio.to_thread(regions.find, "11")
        async with routing, x_http:
            joining = asyncio.create_task(sms_webhook.keep_joining(database, resources))
            yield
            joining.cancel()
            await asyncio.wait([joining])

    app = create_app(
        name="intake",
        title="LAPOR! intake",
        routers=[
            submission.router,
            manual.router,
            sms_webhook.router,
            social.router,
            reporters.router,
            published_reports.router,
            reading.router,
            attachments.router,
            lookups.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.resources = resources
    return app
