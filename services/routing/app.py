"""The routing service: who handles a report, and what its staff see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.routing import actions
from services.routing.accounts import enrolment, password_links, sign_in
from services.routing.directory import agencies as managed_agencies
from services.routing.directory import (
    agency_search,
    archive_reasons,
    choices,
    handovers,
    log,
    people,
    people_shown,
    policy_history,
    process_times,
    recourse,
    reference_data,
    removal,
    staff,
    staff_access,
)
from services.routing.imports import endpoints, links
from services.routing.imports.files import LOOK_EVERY, KeptImports
from services.routing.queue import endpoints as queue
from services.routing.reading import attachments, originals, report, revealing
from services.routing.second_person import endpoints as second_person
from shared.attachments import AttachmentStore
from shared.command_requests import answers
from shared.command_requests.endpoints import command_routers
from shared.database.engine import Database
from shared.http.app import create_app
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings
from shared.temporal.client import connect
from shared.temporal.report_gateway import ReportGateway
from shared.values import regions


def make_app(settings: Settings) -> FastAPI:
    """The application; needs Postgres to be ready, Temporal only for commands to take effect."""
    database = Database(settings.database_url, application="lapor-routing")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The first question for a region reads them all.
        await asyncio.to_thread(regions.find, "11")
        app.state.gateway = ReportGateway(await connect(settings, "routing"), database)
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
            *command_routers(actions),
            agency_search.router,
            staff.router,
            choices.router,
            process_times.router,
            policy_history.router,
            people_shown.router,
            people.router,
            staff_access.router,
            password_links.router,
            enrolment.router,
            managed_agencies.router,
            removal.router,
            handovers.router,
            endpoints.router,
            links.router,
            reference_data.router,
            archive_reasons.router,
            recourse.router,
            log.router,
            answers.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.identity = IdentityCipher(settings.identity_keys)
    app.state.attachments = AttachmentStore(settings.storage_url, app.state.identity)
    app.state.sandbox = app.state.attachments.sandbox  # one for a process
    return app
