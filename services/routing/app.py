"""The routing service: who handles a report, and what its staff see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.routing import (
    agencies,
    archiving,
    deferral,
    forwarding,
    messages,
    not_authority,
    policy_history,
    process_times,
    redating,
    reference,
    sign_in,
    staff,
    throwing,
    verification,
)
from services.routing.management import (
    access,
    archive_reasons,
    enrolment,
    handovers,
    imports,
    log,
    password_links,
    people,
    reference_data,
    removal,
)
from services.routing.management import agencies as managed_agencies
from services.routing.management import messages as management_messages
from services.routing.management.import_files import LOOK_EVERY, KeptImports
from services.routing.queue import endpoints as queue
from services.routing.reading import attachments, originals, report, revealing
from services.routing.second_person import endpoints as second_person
from shared import regions
from shared.attachments import AttachmentStore
from shared.commanding import answering
from shared.database.engine import Database
from shared.http.app import create_app
from shared.identity import IdentityCipher
from shared.repeating import repeating
from shared.settings import Settings
from shared.temporal.client import connect
from shared.temporal.door import Door

messages.register_all()
management_messages.register_all()


def make_app(settings: Settings) -> FastAPI:
    """The application; needs Postgres to be ready, Temporal only for commands to take effect."""
    database = Database(settings.database_url, application="lapor-routing")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The first question for a region reads them all.
        await asyncio.to_thread(regions.find, "11")
        app.state.door = Door(await connect(settings, "routing"), database)
        forget = KeptImports(database, app.state.identity).forget_expired
        async with repeating("expired import files", LOOK_EVERY, forget):
            yield

    app = create_app(
        name="routing",
        title="LAPOR! Routing",
        routers=[
            sign_in.router,
            queue.router,
            report.router,
            revealing.router,
            originals.router,
            second_person.router,
            attachments.router,
            verification.router,
            throwing.router,
            deferral.router,
            archiving.router,
            forwarding.router,
            not_authority.router,
            agencies.router,
            staff.router,
            reference.router,
            redating.router,
            process_times.router,
            policy_history.router,
            people.router,
            access.router,
            password_links.router,
            enrolment.router,
            managed_agencies.router,
            removal.router,
            handovers.router,
            imports.router,
            reference_data.router,
            archive_reasons.router,
            log.router,
            answering.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.identity = IdentityCipher(settings.identity_keys)
    app.state.attachments = AttachmentStore(settings.storage_url, app.state.identity)
    app.state.sandbox = app.state.attachments.sandbox  # one for a process
    return app
