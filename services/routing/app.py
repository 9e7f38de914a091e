"""The routing service: who handles a report, and what its staff see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from services.routing import actions
from services.routing.accounts import enrolment, password_links, sign_in
from services.routing.bulk import BULK_KINDS
from services.routing.directory import agencies as managed_agencies
from services.routing.directory import (
    agency_choices,
    agency_search,
    aliases,
    answer_templates,
    archive_reasons,
    category_aliases,
    choices,
    handovers,
    leaders,
    log,
    people,
    people_shown,
    policy_history,
    process_times,
    queue_choices,
    recourse,
    reference_data,
    removal,
    saved_views,
    staff,
    staff_access,
    stand_ins,
)
from services.routing.imports import endpoints, links
from services.routing.imports.files import LOOK_EVERY, KeptImports
from services.routing.owed import endpoints as owed
from services.routing.printing import endpoints as printing
from services.routing.printing import letterheads
from services.routing.queue import endpoints as queue
from services.routing.queue import titles, vocabulary
from services.routing.reading import (
    attachments,
    filled_answers,
    form_drafts,
    originals,
    presence,
    report,
    revealing,
)
from services.routing.second_person import endpoints as second_person
from services.routing.similar import endpoints as similar
from services.routing.similar import verification
from services.routing.unreached import listing as unreached
from services.routing.unreached import marking as told_otherwise
from shared.attachments import AttachmentStore
from shared.bulk_commands import endpoints as bulk_commands
from shared.bulk_commands.carrying_out import carrying_out
from shared.command_requests import answers
from shared.command_requests.endpoints import command_routers
from shared.database.engine import Database
from shared.documents.typesetting import paper_sandbox
from shared.http.app import create_app
from shared.privacy.identity import BlindIndex, IdentityCipher
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
        gateway = app.state.gateway = ReportGateway(await connect(settings, "routing"), database)
        forget = KeptImports(database, app.state.identity).forget_expired
        drafts = form_drafts.DraftKeeper(database)
        gather = partial(vocabulary.gather_words, database)
        async with (
            repeating("expired import files", LOOK_EVERY, forget),
            repeating("expired form drafts", form_drafts.LOOK_EVERY, drafts.forget_expired),
            repeating("words of reports", vocabulary.LOOK_EVERY, gather),
            carrying_out(database, gateway, "routing", BULK_KINDS),
        ):
            yield

    app = create_app(
        name="routing",
        title="LAPOR! Routing",
        routers=[
            sign_in.router,
            queue.router,
            queue_choices.router,
            saved_views.router,
            owed.router,
            report.router,
            presence.router,
            form_drafts.router,
            titles.router,
            printing.router,
            letterheads.router,
            revealing.router,
            originals.router,
            second_person.router,
            attachments.router,
            similar.router,
            verification.router,
            unreached.router,
            told_otherwise.router,
            *command_routers(actions),
            bulk_commands.bulk_router("routing", BULK_KINDS),
            bulk_commands.reading,
            agency_search.router,
            agency_choices.router,
            aliases.router,
            category_aliases.router,
            staff.router,
            choices.router,
            process_times.router,
            policy_history.router,
            people_shown.router,
            people.router,
            staff_access.router,
            stand_ins.router,
            password_links.router,
            enrolment.router,
            managed_agencies.router,
            removal.router,
            handovers.router,
            leaders.router,
            endpoints.router,
            links.router,
            reference_data.router,
            archive_reasons.router,
            recourse.router,
            answer_templates.router,
            filled_answers.router,
            log.router,
            answers.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.identity = IdentityCipher(settings.identity_keys)
    app.state.contact_index = BlindIndex(settings.blind_index_key)
    app.state.attachments = AttachmentStore(settings.storage_url, app.state.identity)
    app.state.papers = paper_sandbox()
    app.state.sandbox = app.state.attachments.sandbox  # one for a process
    return app
