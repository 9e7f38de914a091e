"""Reports launched while many wait: their runs are there at once, their first tasks come later."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from shared.bus.connection import Bus
from shared.bus.streams import REPORTS
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.settings import Settings
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import PROVINCE_ADMIN
from tests.workflows.factory import Reports
from tests.workflows.life import Life
from workflows.first_tasks import (
    A_SECOND,
    BEFORE_DEADLINE,
    BEHIND,
    QUIET_AFTER,
    SHARE,
    FirstTasks,
)
from workflows.launcher import Launcher, make_consumer
from workflows.missing_runs import Sweeping

MANY = BEHIND + 1
FEW = 1


@pytest.fixture
def launcher(worker_database: Database, gateway: ReportGateway) -> Launcher:
    return Launcher(worker_database, gateway)


async def test_while_many_wait_a_run_is_there_at_once_and_says_what_it_waits_for(
    reports: Reports, worker: None, launcher: Launcher, client: Client
) -> None:
    state = await reports.accept()
    assert await launcher.launch({state.number: {}}, MANY) == {}
    described = await _described(client, state)
    assert described.history_length == 1
    assert "menunggu Verifikasi sampai" in str(await described.static_details())
    assert await reports.value("SELECT launched_at FROM lifecycle.report") is not None


async def test_while_few_wait_timer_and_card_are_there_at_once(
    reports: Reports, worker: None, launcher: Launcher, client: Client
) -> None:
    state = await reports.accept()
    assert await launcher.launch({state.number: {}}, FEW) == {}
    await _has_timer(client, state)


async def test_a_command_is_done_at_once_though_the_first_task_was_put_off(
    reports: Reports, worker: None, launcher: Launcher, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await launcher.launch({state.number: {}}, MANY)
    run_id = (await _described(client, state)).run_id
    asked = datetime.now(UTC)
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, asked)
    outcome = await gateway.send(command, state, timeout=QUIET_AFTER - 10)
    assert outcome is not None
    assert outcome.done
    assert (await _described(client, state)).run_id == run_id


async def test_a_first_task_that_comes_with_the_first_command_costs_fewer_events(
    reports: Reports,
    worker: None,
    unhurried: None,
    launcher: Launcher,
    gateway: ReportGateway,
    client: Client,
) -> None:
    events = []
    for waiting in (FEW, MANY):
        state = await reports.accept()
        await launcher.launch({state.number: {}}, waiting)
        if waiting == FEW:
            await _has_timer(client, state)
        asked = datetime.now(UTC)
        command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, asked)
        assert await gateway.send(command, state, timeout=QUIET_AFTER - 10) is not None
        await _has_timer(client, state)
        handle = client.get_workflow_handle(workflow_id(state.number))
        events.append(len((await handle.fetch_history()).events))
    assert events == [12, 9]  # a whole task less


async def test_a_signal_is_heard_at_once_though_the_first_task_was_put_off(
    reports: Reports, worker: None, launcher: Launcher, gateway: ReportGateway, client: Client
) -> None:
    """A deadline that became earlier, by an edit of the calendar."""
    state = await reports.accept()
    await launcher.launch({state.number: {}}, MANY)
    await gateway.recheck(state)
    await _has_timer(client, state)


async def test_a_run_whose_first_task_is_yet_to_come_is_not_missing(
    reports: Reports,
    worker_database: Database,
    launcher: Launcher,
    gateway: ReportGateway,
    client: Client,
) -> None:
    states = [await reports.accept() for _ in range(3)]
    await launcher.launch({state.number: {} for state in states}, MANY)
    runs = [(await _described(client, state)).run_id for state in states]
    sweeping = Sweeping(worker_database, client, gateway)
    await sweeping.once()
    await sweeping.all_run()
    assert [(await _described(client, state)).run_id for state in states] == runs
    assert {(await _described(client, state)).history_length for state in states} == {1}


async def test_a_deadline_is_exact_though_the_first_task_came_late(
    life: Life, skipping: WorkflowEnvironment, worker_database: Database
) -> None:
    state = await life.reports.accept(at=await life.now(), number=life.number)
    clock = state.next_clock
    assert clock is not None
    assert clock.deadline is not None
    delay = clock.deadline - await life.now() - BEFORE_DEADLINE
    client = Client(skipping.client.service_client, data_converter=pydantic_data_converter)
    gateway = ReportGateway(client, worker_database)
    await gateway.launch(state, delay=delay, details="")
    await life.wait_until(clock.deadline - timedelta(seconds=2))
    assert (await life.state()).version == 1
    await life.wait(timedelta(seconds=4))
    after = await life.state()
    assert (after.version, after.overdue) == (2, True)


async def test_a_batch_with_a_repeat_a_stranger_and_nonsense_launches_each_report_once(
    reports: Reports,
    worker: None,
    launcher: Launcher,
    bus: Bus,
    worker_database: Database,
    worker_settings: Settings,
    client: Client,
) -> None:
    state = await reports.accept()
    [row] = await reports.rows("SELECT * FROM lifecycle.outbox")
    subject = "lapor.v1.report.submitted"
    await bus.publish(subject, b'{"data": "nonsense"}', msg_id="nonsense")
    await bus.publish(subject, b'{"data": {"number": 99999999}}', msg_id="nobody's")
    for again in range(2):
        await bus.publish(row.subject, row.body, msg_id=f"{row.message_id}{again}")
    consumer = make_consumer(bus, launcher, worker_database, worker_settings)
    consuming = asyncio.create_task(consumer.run())
    async with asyncio.timeout(60):
        while not await reports.value("SELECT launched_at FROM lifecycle.report"):
            await asyncio.sleep(0.05)
        while not await reports.value("SELECT count(*) FROM lifecycle.dead_letter"):
            await asyncio.sleep(0.05)
        # What is no report yet waits; all else is done.
        while (await bus.js.consumer_info(REPORTS.name, "launcher")).num_ack_pending != 1:
            await asyncio.sleep(0.05)
    consumer.stop()
    await consuming
    runs = [
        run async for run in client.list_workflows(f"WorkflowId = '{workflow_id(state.number)}'")
    ]
    assert len(runs) <= 1
    await _has_timer(client, state)


async def test_first_tasks_are_put_off_evenly_and_come_before_the_first_deadline(
    reports: Reports,
) -> None:
    state, at = await reports.accept(), datetime.now(UTC)
    tasks = FirstTasks()
    delays = [tasks.delay(state, at, MANY).total_seconds() for _ in range(100)]
    assert delays[0] == pytest.approx(QUIET_AFTER, abs=1)
    assert delays[-1] - delays[0] == pytest.approx(99 / A_SECOND, abs=1)
    clock = state.next_clock
    assert clock is not None
    assert clock.deadline is not None
    shortly_before = clock.deadline - BEFORE_DEADLINE - timedelta(seconds=5)
    assert tasks.delay(state, shortly_before, MANY) == timedelta(seconds=5)
    assert tasks.delay(state, clock.deadline, MANY) == timedelta()


@pytest.mark.parametrize("launch_takes", [0.2, 0.02])
async def test_a_slow_machine_has_its_first_tasks_put_off_further(
    reports: Reports, launch_takes: float
) -> None:
    state, at = await reports.accept(), datetime.now(UTC)
    clock = count(1_000, launch_takes)
    tasks = FirstTasks(lambda: next(clock))
    for _ in range(10):  # few come, far apart, which says nothing of the machine
        tasks.delay(state, at, FEW)
        next(clock)
    due = [
        launch_takes * number + tasks.delay(state, at, MANY).total_seconds()
        for number in range(400)
    ]
    assert due[-1] - due[-2] == pytest.approx(SHARE * launch_takes, rel=0.05)
    next(islice(clock, int(60 / launch_takes), None))  # Temporal is away for a minute
    after = [
        launch_takes * number + tasks.delay(state, at, MANY).total_seconds() for number in range(2)
    ]
    assert after[1] - after[0] == pytest.approx(SHARE * launch_takes, rel=0.05)


async def test_first_tasks_at_once_are_no_more_than_a_worker_does_soon(reports: Reports) -> None:
    state, at = await reports.accept(), datetime.now(UTC)
    tasks, begun = FirstTasks(), time.monotonic()
    delays = [tasks.delay(state, at, FEW) for _ in range(2 * BEHIND)]
    at_once = delays.count(timedelta())
    assert BEHIND <= at_once <= BEHIND + 1 + 40 * (time.monotonic() - begun)
    assert delays[-1] >= timedelta(seconds=QUIET_AFTER)


async def _described(client: Client, state: ReportState) -> WorkflowExecutionDescription:
    return await client.get_workflow_handle(workflow_id(state.number)).describe()


async def _has_timer(client: Client, state: ReportState) -> None:
    """Waits until its first task is done, for less than it would have been put off."""
    handle = client.get_workflow_handle(workflow_id(state.number))
    with suppress(TimeoutError):
        async with asyncio.timeout(QUIET_AFTER - 10):
            while True:
                events = (await handle.fetch_history()).events
                if any(e.event_type == EventType.EVENT_TYPE_TIMER_STARTED for e in events):
                    return
                await asyncio.sleep(0.1)
    raise AssertionError("no timer")
