"""The intake service: reports from every channel. The public and reporters read reports here
too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI

from services.intake import (
    access_codes,
    account_password,
    accounts,
    contact_changes,
    contact_removal,
    drafts,
    earlier_reports,
    holder_keys,
    lookups,
    manual,
    open311,
    references,
    replacing_contacts,
    reporters,
    sign_in,
    submission,
)
from services.intake import social_posts as x_posts
from services.intake.accepting.acceptance import Acceptance
from services.intake.arrivals import Arrivals
from services.intake.partners import asyncapi, report_lookup
from services.intake.partners.measuring import PartnerMeasuring
from services.intake.partners.receiving import PartnerReports
from services.intake.reading import attachments, printing, published, reports
from services.intake.resources import Resources
from services.intake.sms import stale_parts
from services.intake.sms import webhook as sms_webhook
from services.intake.x import watching as x_watching
from services.intake.x.api import XApi
from shared.attachments import AttachmentStore
from shared.attachments.drafts import DraftStore
from shared.attachments.remaking_queue import REMAKING_EVERY, RemakingQueue
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer
from shared.bus.streams import INTAKE
from shared.bus.watch import Watch
from shared.database.engine import Database
from shared.database.policy_in_force import ProcessTime
from shared.documents.typesetting import paper_sandbox
from shared.http.app import create_app
from shared.http.limits import RateLimits
from shared.http.service_client import service_client, trusted_authorities
from shared.partners.background import Runs, in_background
from shared.partners.dead_letters import partner_dead_letters
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.resilience.periodic import repeating
from shared.settings import Settings
from shared.values import regions

BATCH, LANES = 100, 2
"""How many reports of partners one transaction accepts; how many transactions run at once."""
SMS_CALLS_AT_ONCE = 8
"""How many calls about SMS messages run at the same time to one service. Others wait some seconds;
then the gateway must call again."""
LONGEST_STATEMENT = 30.0
"""Seconds. If a table is locked for longer, reporters are asked to try again instead of waiting, as
are those after them."""
SWEEP = 600.0
"""Seconds between two looks for expired drafts."""


def make_app(settings: Settings) -> FastAPI:
    """Build the application with the database and storage of these settings."""
    database = Database(
        settings.database_url, application="lapor-intake", longest_statement=LONGEST_STATEMENT
    )
    routing = service_client(base_url=settings.routing_url, timeout=15)
    followup, notification = (
        service_client(
            base_url=url,
            timeout=httpx.Timeout(15, pool=5),
            limits=httpx.Limits(max_connections=SMS_CALLS_AT_ONCE),
        )
        for url in (settings.followup_url, settings.notification_url)
    )
    x_http = httpx.AsyncClient(
        base_url=settings.x_api_base_url, timeout=10, verify=trusted_authorities()
    )
    acceptance = Acceptance.of(settings)
    cipher = IdentityCipher(settings.identity_keys)
    store = AttachmentStore(settings.storage_url, cipher)
    resources = Resources(
        acceptance=acceptance,
        arrivals=Arrivals(
            database, RateLimits(database, "intake", settings.blind_index_key), acceptance
        ),
        named=references.reference_batcher(database),
        times=ProcessTime(),
        store=store,
        drafts=DraftStore(settings.storage_url),
        cipher=cipher,
        index=BlindIndex(settings.blind_index_key),
        http=routing,
        followup=followup,
        notification=notification,
        x=XApi(x_http, settings.x_api_token) if settings.x_api_token else None,
        settings=settings,
    )

    remaking = RemakingQueue(database, store, "intake")

    def readers(bus: Bus) -> list[Runs]:
        partners = PartnerReports(database, resources.acceptance, f"{settings.intake_url}/reports")
        bury = partner_dead_letters(bus, database, resources.cipher)
        return [
            Consumer(bus, INTAKE, partners.accept, bury, batch=BATCH, lanes=LANES),
            Watch(bus, database, resources.cipher),
            PartnerMeasuring(bus, database),
        ]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # The first look-up of a region reads all regions.
        await asyncio.to_thread(regions.find, "11")
        reading_bus = in_background(settings.nats_url, "intake", readers)
        sweeping = repeating("drafts", SWEEP, resources.drafts.sweep)
        remade = repeating("remaking files", REMAKING_EVERY, remaking.work)
        carrying = repeating(
            "carrying over contacts",
            holder_keys.EVERY,
            lambda: holder_keys.carry_over(database, cipher),
        )
        replacing = repeating(
            "replacing contacts",
            replacing_contacts.APPLY_EVERY,
            lambda: replacing_contacts.apply_due(database, resources),
        )
        clients = routing, followup, notification, x_http
        async with AsyncExitStack() as stack:
            if x := resources.x:
                looking = repeating(
                    "looking at posts on X",
                    x_watching.EVERY,
                    lambda: x_watching.look_again(database, x, cipher),
                )
                await stack.enter_async_context(looking)
            for context in (*clients, reading_bus, sweeping, remade, carrying, replacing):
                await stack.enter_async_context(context)
            joining = asyncio.create_task(stale_parts.keep_joining(database, resources))
            yield
            joining.cancel()
            await asyncio.wait([joining])

    app = create_app(
        name="intake",
        title="LAPOR! intake",
        routers=[
            submission.router,
            drafts.router,
            manual.router,
            sms_webhook.router,
            x_posts.router,
            accounts.router,
            account_password.router,
            contact_changes.router,
            contact_removal.router,
            earlier_reports.router,
            sign_in.router,
            reporters.router,
            access_codes.router,
            published.router,
            reports.router,
            printing.router,
            attachments.router,
            report_lookup.router,
            lookups.router,
            asyncapi.router,
            *open311.routers,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.resources = resources
    app.state.papers = paper_sandbox()
    return app
