"""*Request Cancellation*, the Temporal UI's main button: recorded, and the report goes on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.conftest import RecordHistory
from tests.workflows.country import PROVINCE_ADMIN
from tests.workflows.factory import Reports
from workflows.worker import make_worker


async def test_a_cancellation_is_recorded_as_refused_and_ends_no_report(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    record_history: RecordHistory,
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    first = (await client.get_workflow_handle(workflow_id(state.number)).describe()).run_id
    for times in range(1, 4):
        handle = client.get_workflow_handle(workflow_id(state.number))
        asked_of = (await handle.describe()).run_id
        await handle.cancel()
        await _cancellations(reports, state, times)
        while (await handle.describe()).run_id == asked_of:  # two requests to one run are one
            await asyncio.sleep(0.1)
    line = (await reports.history(state.number))[-1]
    assert (line.actor_kind, line.visibility) == ("operator", "staff")
    assert line.details == {"refused": "cancellation_refused"}
    verify = await reports.command(
        await reports.state(state.number), Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC)
    )
    outcome = await gateway.send(verify, state, timeout=60)
    assert outcome is not None and outcome.done
    described = await client.get_workflow_handle(workflow_id(state.number)).describe()
    assert described.status == WorkflowExecutionStatus.RUNNING
    await record_history(client, state.number, first)


async def test_a_cancellation_while_the_worker_is_down_is_recorded_when_it_is_back(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    await client.get_workflow_handle(workflow_id(state.number)).cancel()
    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC))
    async with make_worker(client, worker_database, worker_settings):
        await _cancellations(reports, state, 1)
        outcome = await gateway.send(verify, state, timeout=60)
        assert outcome is not None and outcome.done


async def test_a_cancelled_report_keeps_its_clock(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept(at=datetime.now(UTC) - timedelta(days=20))
    await gateway.launch(state)
    await client.get_workflow_handle(workflow_id(state.number)).cancel()
    await _cancellations(reports, state, 1)
    while not (await reports.state(state.number)).overdue:
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("order", ["cancel first", "command first"])
async def test_a_cancellation_between_commands_loses_none_of_them(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, order: str
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC))
    handle = client.get_workflow_handle(workflow_id(state.number))
    both = [handle.cancel(), gateway.send(verify, state, timeout=60)]
    if order == "command first":
        both.reverse()
    await asyncio.gather(*both)
    await _cancellations(reports, state, 1)
    assert (await reports.state(state.number)).status is Status.VERIFIED
    assert [line.entry for line in await reports.history(state.number)] == [1, 2, 3]


async def test_two_cancellations_at_once_end_nothing_either(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    handle = client.get_workflow_handle(workflow_id(state.number))
    results = await asyncio.gather(*(handle.cancel() for _ in range(3)), return_exceptions=True)
    assert all(result is None or isinstance(result, RPCError) for result in results), results
    await _cancellations(reports, state, 1)
    verify = await reports.command(
        await reports.state(state.number), Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC)
    )
    outcome = await gateway.send(verify, state, timeout=60)
    assert outcome is not None and outcome.done


async def _cancellations(reports: Reports, state: ReportState, at_least: int) -> None:
    for _ in range(600):
        actions = [line.action for line in await reports.history(state.number)]
        if actions.count("cancel") >= at_least:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it is not recorded")
