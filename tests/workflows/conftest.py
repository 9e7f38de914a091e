"""A report's workflow on real servers: the dev server for commands, time-skipping for clocks."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from shared.bus.connection import Bus, connect
from shared.bus.streams import PARTNERS, REPORTS, declare
from shared.database.engine import Database
from shared.settings import Settings
from shared.temporal.names import SEARCH_ATTRIBUTES, workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import SettingsOf, UrlOf
from tests.skipped_time import start_time_skipping
from tests.workflows.country import settle_country
from tests.workflows.factory import Reports
from tests.workflows.life import Life
from workflows import record_step, recorded_state
from workflows.worker import make_worker

RecordHistory = Callable[..., Awaitable[None]]
HISTORIES = Path(__file__).parent / "histories"


@pytest.fixture
async def owner(fresh_database: UrlOf) -> AsyncIterator[Database]:
    """A database of the test's own, with a small country in it."""
    database = Database(fresh_database("lapor_owner"))
    await settle_country(database)
    yield database
    await database.dispose()


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """A connection to our streams, of which those with reports' events are empty."""
    await declare(nats_url)
    bus = await connect(nats_url, "test", patience=10)
    for stream in (REPORTS, PARTNERS):
        await bus.js.purge_stream(stream.name)
    yield bus
    await bus.close()


@pytest.fixture
async def worker_database(fresh_database: UrlOf) -> AsyncIterator[Database]:
    """The same database under the worker's role."""
    database = Database(fresh_database("lapor_worker"))
    yield database
    await database.dispose()


@pytest.fixture
def reports(owner: Database) -> Reports:
    return Reports(owner)


@pytest.fixture
async def record_history(request: pytest.FixtureRequest) -> RecordHistory:
    """Keeps a report's history under the test's name, when `LAPOR_RECORD_HISTORIES` is set:
    then `test_replay` replays it from now on."""

    async def record(client: Client, number: int, run_id: str | None = None) -> None:
        if "LAPOR_RECORD_HISTORIES" not in os.environ:
            return
        history = await client.get_workflow_handle(
            workflow_id(number), run_id=run_id
        ).fetch_history()
        name = str(request.node.name).removeprefix("test_").replace("/", "-")
        HISTORIES.mkdir(exist_ok=True)
        (HISTORIES / f"{name}.json").write_text(history.to_json())

    return record


@pytest.fixture
def worker_settings(settings_for: SettingsOf) -> Settings:
    return settings_for("lapor_worker")


@pytest.fixture
async def client(temporal_address: str, temporal_namespace: str) -> Client:
    return await Client.connect(
        temporal_address, namespace=temporal_namespace, data_converter=pydantic_data_converter
    )


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts in the workflow task may take long: for tests that count events on any machine."""
    monkeypatch.setattr(recorded_state, "TOGETHER", timedelta(seconds=60))
    monkeypatch.setattr(record_step, "IN_THE_TASK", record_step.AS_ACTIVITY)


@pytest.fixture
async def worker(
    client: Client, worker_database: Database, worker_settings: Settings
) -> AsyncIterator[None]:
    """A worker on the dev server."""
    async with make_worker(client, worker_database, worker_settings):
        yield


@pytest.fixture
def gateway(client: Client, worker_database: Database) -> ReportGateway:
    return ReportGateway(client, worker_database)


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A Temporal server whose time jumps to the next timer when nothing else is to do."""
    async with await start_time_skipping() as environment:
        types = {
            name: getattr(IndexedValueType, f"INDEXED_VALUE_TYPE_{kind.upper()}")
            for name, kind in SEARCH_ATTRIBUTES.items()
        }
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                search_attributes=types, namespace=environment.client.namespace
            )
        )
        yield environment


@pytest.fixture
async def life(
    skipping: WorkflowEnvironment,
    reports: Reports,
    worker_database: Database,
    worker_settings: Settings,
    record_history: RecordHistory,
) -> AsyncIterator[Life]:
    """A report to be on the server that skips time, its worker running."""
    async with Life(skipping, reports, worker_database, worker_settings) as life:
        yield life
        await record_history(skipping.client, life.number)
