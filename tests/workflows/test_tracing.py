"""One trace from the request to the event: HTTP header, outbox, NATS, Temporal, record, outbox."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import Client

from shared.bus.connection import connect as connect_bus
from shared.bus.streams import declare
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.settings import Settings
from shared.telemetry import continued_trace
from shared.temporal.client import connect_patiently
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from shared.temporal.tracing import HEADER
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.launcher import Launcher, make_consumer
from workflows.worker import make_worker

SUBMITTED, VERIFIED, HELD = (letter * 32 for letter in "abc")


@pytest.fixture
async def client(
    worker_settings: Settings, temporal_address: str, temporal_namespace: str
) -> Client:
    """As the worker connects."""
    at = {"temporal_address": temporal_address, "temporal_namespace": temporal_namespace}
    return await connect_patiently(worker_settings.model_copy(update=at), "test")


@pytest.fixture
async def worker(
    client: Client, worker_database: Database, worker_settings: Settings
) -> AsyncIterator[None]:
    async with make_worker(client, worker_database, worker_settings):
        yield


async def test_what_a_command_leads_to_carries_the_trace_of_its_request(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    for trace, action, actor, details in (
        (VERIFIED, Action.VERIFY, PROVINCE_ADMIN, {}),
        (None, Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (HELD, Action.HOLD, PROVINCE_ADMIN, {}),  # a signal
    ):
        state = await reports.state(state.number)
        command = await reports.command(state, action, actor, state.last_step_at, **details)
        with continued_trace(_request(trace)):
            outcome = await gateway.send(command, state)
        assert outcome is not None
        assert outcome.done
    traces = await _traces(reports, state.number)
    assert (traces["verified"], traces["held"]) == (VERIFIED, HELD)
    assert traces["followed_up"] not in (None, VERIFIED, HELD)


async def test_the_launch_goes_on_with_the_trace_of_the_submission(
    reports: Reports,
    worker: None,
    worker_database: Database,
    worker_settings: Settings,
    gateway: ReportGateway,
    client: Client,
    nats_url: str,
) -> None:
    await declare(nats_url)
    bus = await connect_bus(nats_url, "test", patience=10)
    launcher = Launcher(worker_database, gateway)
    consumer = make_consumer(bus, launcher, worker_database, worker_settings)
    with continued_trace(_request(SUBMITTED)):
        state = await reports.accept()
    consuming = asyncio.create_task(consumer.run())
    [row] = await reports.rows("SELECT * FROM lifecycle.outbox")
    await bus.publish(row.subject, row.body, msg_id=row.message_id, headers=row.headers)
    async with asyncio.timeout(120):
        while not await reports.value("SELECT launched_at FROM lifecycle.report"):
            await asyncio.sleep(0.05)
    consumer.stop()
    await consuming
    await bus.close()
    history = await client.get_workflow_handle(workflow_id(state.number)).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert SUBMITTED.encode() in started.header.fields[HEADER].data


def _request(trace: str | None) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"} if trace else {}


async def _traces(reports: Reports, number: int) -> dict[str, Any]:
    """The trace id that each event of a report went into the outbox with."""
    rows = await reports.rows(
        "SELECT subject, headers FROM lifecycle.outbox WHERE number = :n ORDER BY id", n=number
    )
    return {
        row.subject.rpartition(".")[2]: row.headers.get("traceparent", "--").split("-")[1]
        for row in rows
    }
