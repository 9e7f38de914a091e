"""The follow-up service: what is done about a report, by its agency, its reporter, those above."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.followup import (
    attachments,
    coordination,
    decisions,
    follow_up_list,
    follow_ups,
    information,
    interventions,
    messages,
    own_words,
    replies,
    requests,
    satisfaction,
    withdrawal,
)
from shared.attachments import AttachmentStore
from shared.commanding import answering
from shared.database.engine import Database
from shared.http.app import create_app
from shared.settings import Settings
from shared.temporal.client import connect
from shared.temporal.door import Door

messages.register_all()


def make_app(settings: Settings) -> FastAPI:
    """The application; needs Postgres to be ready, Temporal only for commands to take effect."""
    database = Database(settings.database_url, application="lapor-followup")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.door = Door(await connect(settings, "followup"), database)
        yield

    app = create_app(
        name="followup",
        title="LAPOR! Follow-up",
        routers=[
            follow_ups.router,
            follow_up_list.router,
            attachments.router,
            coordination.router,
            replies.router,
            information.router,
            satisfaction.router,
            withdrawal.router,
            requests.router,
            decisions.router,
            interventions.router,
            answering.router,
            own_words.router,
        ],
        settings=settings,
        database=database,
        lifespan=lifespan,
    )
    app.state.attachments = AttachmentStore(settings.storage_url)
    return app
