"""A step is recorded within the workflow task, and by an ordinary activity where that fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import Actor
from shared.lifecycle.statuses import Status
from shared.temporal import names
from shared.temporal.messages import Start
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.conftest import RecordHistory
from tests.workflows.country import DINAS, DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from tests.workflows.test_recording import step_of
from workflows.record_step import Recorder

LONG = 120.0


async def test_a_life_costs_twenty_eight_events_and_no_activity_task(
    reports: Reports, unhurried: None, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.CLOSE, PROVINCE_ADMIN, {}),
    ):
        assert (await _do(reports, gateway, state.number, action, actor, **details)).done
    kinds = await _kinds(client, state.number)
    assert kinds["activity_task_scheduled"] == 0
    # Two of them move the timer to the closing notice, which saves a life that waits for it more.
    assert kinds.total() <= 28, kinds


async def test_a_report_whose_row_is_locked_holds_up_no_other_and_refuses_meanwhile(
    reports: Reports,
    owner: Database,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    record_history: RecordHistory,
) -> None:
    locked, other = await reports.accept(), await reports.accept()
    await gateway.launch(locked)
    verify = await reports.command(locked, Action.VERIFY, PROVINCE_ADMIN, _now())
    too_early = await reports.command(
        locked, Action.REQUEST_REOPEN, DINAS_OFFICER, _now(), decider_id=10
    )
    async with _row_locked(owner, locked.number):
        verifying = asyncio.create_task(gateway.send(verify, locked, timeout=LONG))
        await _tried_locally(client, locked.number)
        assert (await _do(reports, gateway, other.number, Action.VERIFY, PROVINCE_ADMIN)).done
        refused = await gateway.send(too_early, locked, timeout=LONG)
        assert refused is not None and refused.refusal == "not_allowed_in_status"
        assert not verifying.done()
    outcome = await verifying
    assert outcome is not None and outcome.done
    assert (await reports.state(locked.number)).status is Status.VERIFIED
    kinds = await _kinds(client, locked.number)
    assert (kinds["activity_task_scheduled"], kinds["workflow_task_failed"]) == (1, 0)
    await record_history(client, locked.number)


async def test_what_a_step_under_way_may_allow_is_not_refused_before_it_is_recorded(
    reports: Reports, owner: Database, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    as_verified = {"handler_seen": DINAS, **FOLLOW_UP}
    follow_up = await reports.command(state, Action.FOLLOW_UP, DINAS_OFFICER, _now(), **as_verified)
    async with _row_locked(owner, state.number):
        sending = [asyncio.create_task(gateway.send(verify, state, timeout=LONG))]
        await _tried_locally(client, state.number)
        sending.append(asyncio.create_task(gateway.send(follow_up, state, timeout=LONG)))
        await _accepted(client, state.number, 2)
    outcomes = await asyncio.gather(*sending)
    assert all(outcome is not None and outcome.done for outcome in outcomes), outcomes
    assert (await reports.state(state.number)).status is Status.FOLLOWED_UP


async def test_a_step_that_was_committed_and_never_reported_is_looked_for(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    worker_database: Database,
    record_history: RecordHistory,
    client: Client,
) -> None:
    """As after the loss of worker and server between the commit and its completion."""
    state = await reports.accept()
    await gateway.launch(state)
    step = await step_of(reports, state, Action.VERIFY, PROVINCE_ADMIN)
    await Recorder(worker_database, "http://x").record(step)
    outcome = await _do(
        reports, gateway, state.number, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP
    )
    assert (outcome.done, outcome.version) == (True, 3)
    await record_history(client, state.number)


async def test_a_run_begun_by_an_older_release_goes_on_in_its_way(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await client.start_workflow(
        names.WORKFLOW,
        {"state": state.model_dump(mode="json"), "agencies": {}},
        id=names.workflow_id(state.number),
        task_queue=names.TASK_QUEUE,
    )
    assert (await _do(reports, gateway, state.number, Action.VERIFY, PROVINCE_ADMIN)).done
    kinds = await _kinds(client, state.number)
    assert (kinds["activity_task_scheduled"], kinds["marker_recorded"]) == (1, 0)


def test_an_older_worker_cannot_read_what_newer_runs_begin_with() -> None:
    """It would take them a way on which this one cannot follow."""
    required_then = "state"
    assert required_then not in Start.model_fields


async def test_a_report_that_is_not_there_is_said_so_at_once(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    await reports.lose(state.number)
    handle = client.get_workflow_handle(names.workflow_id(state.number))
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(names.COMMAND, verify, id=str(verify.id))
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "no_such_report"
    kinds = await _kinds(client, state.number)
    assert kinds["activity_task_scheduled"] == 0


@asynccontextmanager
async def _row_locked(owner: Database, number: int) -> AsyncIterator[None]:
    """Somebody's long transaction."""
    async with owner.session() as session:
        connection = await raw(session)
        await connection.execute(
            "SELECT FROM lifecycle.report WHERE number = %s FOR NO KEY UPDATE", (number,)
        )
        yield


async def _do(
    reports: Reports,
    gateway: ReportGateway,
    number: int,
    action: Action,
    actor: Actor,
    **details: Any,
) -> Outcome:
    state = await reports.state(number)
    command: Command = await reports.command(state, action, actor, _now(), **details)
    outcome = await gateway.send(command, state, timeout=LONG)
    assert outcome is not None
    return outcome


async def _tried_locally(client: Client, number: int) -> None:
    """Wait until the attempts in the workflow task are over, and an activity is at it."""
    await _until(client, number, "activity_task_scheduled", 1)


async def _accepted(client: Client, number: int, times: int) -> None:
    await _until(client, number, "workflow_execution_update_accepted", times)


async def _until(client: Client, number: int, kind: str, times: int) -> None:
    async with asyncio.timeout(LONG):
        while (await _kinds(client, number))[kind] < times:
            await asyncio.sleep(0.1)


async def _kinds(client: Client, number: int) -> Counter[str]:
    """How many events of each kind the history has."""
    handle = client.get_workflow_handle(names.workflow_id(number))
    history = await handle.fetch_history()
    return Counter(
        (event.WhichOneof("attributes") or "").removesuffix("_event_attributes")
        for event in history.events
    )


def _now() -> datetime:
    return datetime.now(UTC)
