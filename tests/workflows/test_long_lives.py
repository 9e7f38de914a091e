"""A life longer than one run: continued as new before its history grows too long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.local.ports import free_port
from deploy.local.temporal import Temporal
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal.names import SEARCH_ATTRIBUTES, STATUS, workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.deadlines import READY_WITHIN
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.worker import make_worker


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Client]:
    """A Temporal server that wants runs to continue as new after forty events."""
    server = Temporal(
        tmp_path,
        port=free_port(),
        ui_port=None,
        keep=False,
        search_attributes=SEARCH_ATTRIBUTES,
        dynamic_config={"limit.historyCount.suggestContinueAsNew": 40},
    )
    await server.prepare()
    server.start()
    try:
        await server.wait_ready(READY_WITHIN)
        yield await Client.connect(server.address, data_converter=pydantic_data_converter)
    finally:
        await server.stop()


async def test_a_long_life_goes_on_in_new_runs(
    impatient: Client, reports: Reports, worker_database: Database, worker_settings: Settings
) -> None:
    gateway = ReportGateway(impatient, worker_database)
    state = await reports.accept()
    async with make_worker(impatient, worker_database, worker_settings):
        for action, actor, details in (
            (Action.VERIFY, PROVINCE_ADMIN, {}),
            (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
            *((Action.HOLD, PROVINCE_ADMIN, {}), (Action.RELEASE, PROVINCE_ADMIN, {})) * 4,
            (Action.COORDINATE, DINAS_OFFICER, {}),
            (Action.CLOSE, PROVINCE_ADMIN, {}),
        ):
            state = await reports.state(state.number)
            command = await reports.command(state, action, actor, datetime.now(UTC), **details)
            outcome = await gateway.send(command, state)
            assert outcome is not None, action
            assert outcome.done, outcome
        assert (await reports.state(state.number)).status is Status.CLOSED_BY_ADMIN
        handle = impatient.get_workflow_handle(workflow_id(state.number))
        described = await handle.describe()
        # The outcome is answered once recorded; the run shows it in its next task.
        while described.typed_search_attributes[STATUS] != "CLOSED_BY_ADMIN":
            await asyncio.sleep(0.05)
            described = await handle.describe()
    assert described.history_length < 80
    query = f"WorkflowId = '{workflow_id(state.number)}'"
    for _ in range(50):
        runs = [run async for run in impatient.list_workflows(query)]
        if len(runs) >= 2:
            break
        await asyncio.sleep(0.1)
    assert len(runs) >= 2


async def test_many_at_once_across_the_change_of_runs(
    impatient: Client, reports: Reports, worker_database: Database, worker_settings: Settings
) -> None:
    gateway = ReportGateway(impatient, worker_database)
    state = await reports.accept()
    async with make_worker(impatient, worker_database, worker_settings):
        for _ in range(3):
            commands = [
                await reports.command(
                    state, Action.CHANGE_COPIES, PROVINCE_ADMIN, _now(), copies=(n,)
                )
                for n in (1, 20, 100, 1000)
            ]
            outcomes = await asyncio.gather(
                *(gateway.send(command, state, timeout=30) for command in commands)
            )
            assert all(outcome is not None and outcome.done for outcome in outcomes), outcomes
    state = await reports.state(state.number)
    assert state.version == 13
    lines = await reports.history(state.number)
    assert [line.entry for line in lines] == list(range(1, 14))


def _now() -> datetime:
    return datetime.now(UTC)
