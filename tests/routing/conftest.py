"""The demo country on real Postgres and Temporal, one database for the tests of a file."""

import random
from collections.abc import AsyncIterator
from functools import partial

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.demo.seed import load
from services.followup.app import make_app as make_followup
from services.intake.accepting.acceptance import Acceptance
from services.routing.app import make_app
from shared.database.engine import Database
from shared.http.tokens import Tokens
from shared.settings import Settings
from tests.conftest import SettingsOf, UrlOf
from tests.quick_passwords import quick_passwords
from tests.routing.country import Country, calling
from workflows.worker import make_worker

__all__ = ["quick_passwords"]

PASSWORD = "lapor-demo-password"


@pytest.fixture(scope="module")
def settings(settings_for: SettingsOf, module_database: UrlOf) -> Settings:
    """The routing service's."""
    role = "lapor_routing"
    return settings_for(role).model_copy(update={"database_url": module_database(role)})


@pytest.fixture(scope="module")
async def country(
    settings: Settings,
    settings_for: SettingsOf,
    module_database: UrlOf,
    temporal_address: str,
    temporal_namespace: str,
) -> AsyncIterator[Country]:
    """The demo's agencies and staff, the service, and a worker that carries the reports."""
    await load(settings.database_url, PASSWORD)
    app = make_app(settings)
    of_followup = {"database_url": module_database("lapor_followup")}
    followup = make_followup(settings_for("lapor_followup").model_copy(update=of_followup))
    owner = Database(module_database("lapor_owner"), pool_size=2)
    intake = Database(module_database("lapor_intake"), pool_size=2)
    worker = Database(module_database("lapor_worker"), pool_size=5)
    client = await Client.connect(
        temporal_address, namespace=temporal_namespace, data_converter=pydantic_data_converter
    )
    async with (
        make_worker(client, worker, settings),
        calling(app) as http,
        calling(followup) as requests,
    ):
        # Of a command whose outcome comes late a service says 202: not here, however busy.
        for gateway in (app.state.gateway, followup.state.gateway):
            gateway.send = partial(gateway.send, timeout=60)
        acceptance, tokens = Acceptance.of(settings), Tokens.of(settings)
        country = Country(app, http, requests, owner, intake, acceptance, tokens)
        await country.learn()
        # Runs of other files' reports may still be on the Temporal server.
        start = random.randint(20_000_000, 900_000_000)
        await country.rows(f"ALTER SEQUENCE lifecycle.report_number RESTART WITH {start}")
        yield country
    for database in (owner, intake, worker):
        await database.dispose()
