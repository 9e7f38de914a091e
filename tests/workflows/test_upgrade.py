"""A new worker takes over from the old one: running reports go on, as the operator's guide
promises under *Upgrading the worker*."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, Worker

from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Actor
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from tests.workflows.life import DAY, MINUTE, Life
from tests.workflows.next_version import CHANGE, Patched, Unpatched
from workflows.launcher import Launcher
from workflows.record_step import Recorder
from workflows.resend_commands import Resending
from workflows.sandbox import sandbox
from workflows.worker import make_worker

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


async def test_a_report_verified_under_the_old_worker_is_closed_under_the_new_one(
    client: Client,
    reports: Reports,
    gateway: ReportGateway,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    await reports.set_policy({"auto_close": {"amount": 1, "unit": "seconds"}})
    number = (await reports.accept()).number
    async with make_worker(client, worker_database, worker_settings):
        assert await sent(reports, gateway, number, Action.VERIFY, PROVINCE_ADMIN)
    async with _next_worker(client, worker_database), asyncio.timeout(120):
        assert await sent(reports, gateway, number, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
        while (await reports.state(number)).status is not Status.CLOSED_BY_SYSTEM:
            await asyncio.sleep(0.1)
    history = await _history(client, number)
    assert not _changes(history), "a run goes on as it began"
    assert await _replays(history, Patched)


async def test_a_report_launched_under_the_new_worker_goes_the_new_way(
    life: Life, worker_database: Database
) -> None:
    await life.stop_worker()
    async with _next_worker(life.environment.client, worker_database):
        await life.accept()
        await life.verify()
    history = await _history(life.environment.client, life.number)
    assert _changes(history) == 1
    assert await _replays(history, Patched)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_recorded_lives_replay_under_a_change_made_properly(path: Path) -> None:
    recorded = await asyncio.to_thread(path.read_text)
    assert await _replays(WorkflowHistory.from_json("report-1", recorded), Patched)


async def test_recorded_lives_do_not_replay_under_a_change_made_without_a_patch() -> None:
    recorded = await asyncio.to_thread(HISTORIES[0].read_text)
    assert not await _replays(WorkflowHistory.from_json("report-1", recorded), Unpatched)


async def test_what_was_asked_while_no_worker_was_there_takes_effect_with_the_next(
    client: Client,
    reports: Reports,
    gateway: ReportGateway,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    state = await reports.accept()
    async with make_worker(client, worker_database, worker_settings):
        assert await sent(reports, gateway, state.number, Action.VERIFY, PROVINCE_ADMIN)
    waiting = asyncio.create_task(
        sent(reports, gateway, state.number, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
    )
    await asyncio.sleep(0.5)
    assert not waiting.done()
    async with _next_worker(client, worker_database):
        assert await waiting
    assert (await reports.state(state.number)).status is Status.FOLLOWED_UP


async def test_a_run_that_cannot_go_on_is_terminated_and_started_again_from_postgres(
    life: Life, worker_database: Database
) -> None:
    await life.accept()
    await life.verify()
    await life.follow_up()
    client = life.environment.client
    await client.get_workflow_handle(names.workflow_id(life.number)).terminate()
    await life.reports.value(
        "UPDATE lifecycle.report SET launched_at = NULL, submitted_at = submitted_at"
        " - interval '1 day' RETURNING number"
    )
    gateway = ReportGateway(client, worker_database)
    await Resending(worker_database, gateway, Launcher(worker_database, gateway)).once()
    await life.wait(15 * DAY + MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM


def _next_worker(client: Client, database: Database) -> Worker:
    """The worker of the next release."""
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[Patched],
        activities=[Recorder(database, "http://127.0.0.1/reports").record],
        workflow_runner=sandbox(),
    )


async def sent(
    reports: Reports,
    gateway: ReportGateway,
    number: int,
    action: Action,
    actor: Actor,
    **details: Any,
) -> bool:
    """Whether a command took effect."""
    state = await reports.state(number)
    command = await reports.command(state, action, actor, state.last_step_at, **details)
    outcome = await gateway.send(command, state, timeout=30)
    return outcome is not None and outcome.done


async def _history(client: Client, number: int) -> WorkflowHistory:
    return await client.get_workflow_handle(names.workflow_id(number)).fetch_history()


def _changes(history: WorkflowHistory) -> int:
    """How often the change is noted in a history."""
    return sum(CHANGE.encode() in event.SerializeToString() and
               event.HasField("marker_recorded_event_attributes")
               for event in history.events)  # fmt: skip


async def _replays(history: WorkflowHistory, version: type) -> bool:
    replayer = Replayer(
        workflows=[version], workflow_runner=sandbox(), data_converter=pydantic_data_converter
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is None or isinstance(
        result.replay_failure, workflow.NondeterminismError
    )
    return result.replay_failure is None
