"""The demo country on real Postgres and Temporal, one database for the tests of a file."""

import random
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.credentials import Credentials
from deploy.demo.seed import load
from deploy.local.postgres import OWNER, Postgres
from services.followup.app import make_app as make_followup
from services.intake.accepting.acceptance import Acceptance
from services.routing.app import make_app
from shared.database.engine import Database
from shared.http.tokens import Tokens
from shared.settings import Settings
from tests.conftest import SettingsOf, UrlOf, patient
from tests.databases import clone
from tests.one_run import WORKER
from tests.quick_passwords import quick_passwords
from tests.routing.country import Country, calling
from workflows.worker import make_worker

__all__ = ["quick_passwords"]

PASSWORD = "lapor-demo-password"


@pytest.fixture(scope="package")
async def loaded_demo(
    postgres: Postgres, credentials: Credentials, quick_passwords: None
) -> AsyncIterator[str]:
    """A database with the demo's agencies and staff, left alone: a clone of it costs a tenth of
    loading the demo again."""
    with clone(postgres, f"demo_{WORKER}") as name:
        await load(postgres.url(OWNER, credentials.roles[OWNER], name), PASSWORD)
        yield name


@pytest.fixture(scope="module")
def module_database(
    postgres: Postgres, credentials: Credentials, loaded_demo: str
) -> Iterator[UrlOf]:
    """Role to address of a database for the tests of one file, with the demo in it."""
    with clone(postgres, f"routing_{WORKER}", loaded_demo) as name:
        yield lambda role: patient(postgres.url(role, credentials.roles[role], name))


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
        country = Country(app, followup, http, requests, owner, intake, acceptance, tokens)
        await country.learn()
        # Runs of other files' reports may still be on the Temporal server.
        start = random.randint(20_000_000, 900_000_000)
        await country.rows(f"ALTER SEQUENCE lifecycle.report_number RESTART WITH {start}")
        yield country
    for database in (owner, intake, worker):
        await database.dispose()
