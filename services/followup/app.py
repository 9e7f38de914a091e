"""The follow-up service: what agencies, reporters and the agencies above do about a report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.followup import (
    actions,
    attachments,
    follow_up_list,
    linked_follow_ups,
    own_words,
)
from services.followup.bulk import BULK_KINDS
from services.followup.linked_follow_ups import LINKED_FOLLOW_UP
from services.followup.partner_messages import PartnerMessages
from shared.attachments import AttachmentStore
from shared.attachments.remaking_queue import REMAKING_EVERY, RemakingQueue
from shared.bulk_commands.carrying_out import carrying_out
from shared.bulk_commands.endpoints import bulk_router
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, message_by_message
from shared.bus.streams import FOLLOWUP
from shared.command_requests import answers
from shared.command_requests.endpoints import command_routers
from shared.database.engine import Database
from shared.http.app import create_app
from shared.partners.background import Runs, in_background
from shared.partners.dead_letters import partner_dead_letters
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings
from shared.temporal.client import connect
from shared.temporal.report_gateway import ReportGateway

AT_A_TIME = 8
"""How many partner messages are carried out at once: some wait seconds for their outcome."""


def make_app(settings: Settings) -> FastAPI:
    """Build the application. It needs Postgres to be ready, and Temporal for commands to take
    effect."""
    database = Database(settings.database_url, application="lapor-followup")
    cipher = IdentityCipher(settings.identity_keys)
    store = AttachmentStore(settings.storage_url, cipher)
    remaking = RemakingQueue(database, store, "followup")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gateway = app.state.gateway = ReportGateway(await connect(settings, "followup"), database)

        def readers(bus: Bus) -> list[Runs]:
            messages = PartnerMessages(
                database, gateway, f"{settings.intake_url}/reports", settings.blind_index_key
            )
            bury = partner_dead_letters(bus, database, cipher)
            return [
                Consumer(
                    bus, FOLLOWUP, message_by_message(messages.carry_out, AT_A_TIME), bury, batch=50
                )
            ]

        async with (
            in_background(settings.nats_url, "followup", readers),
            repeating("remaking files", REMAKING_EVERY, remaking.work),
            carrying_out(database, gateway, "followup", (*BULK_KINDS, LINKED_FOLLOW_UP)),
        ):
            yield

    app = create_app(
        name="followup",
        title="LAPOR! Follow-up",
        routers=[
            *command_routers(actions),
            bulk_router("followup", BULK_KINDS),
            follow_up_list.router,
            linked_follow_ups.router,
            attachments.router,
            answers.router,
            own_words.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.attachments = store
    return app
