"""Runs that were terminated, have failed or were lost with Temporal's database come back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    RegisterNamespaceRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from shared.database.engine import Database
from shared.http.operations import NotReady
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from shared.telemetry import registry
from shared.temporal.names import SEARCH_ATTRIBUTES, is_anothers, workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import UrlOf
from tests.workflows.country import DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows import missing_runs
from workflows.launch_slots import ALONE
from workflows.missing_runs import LOCK, Sweeping

RETENTION = Duration(seconds=86_400)


@pytest.fixture
def sweeping(worker_database: Database, client: Client, gateway: ReportGateway) -> Sweeping:
    return Sweeping(worker_database, client, gateway)


async def test_a_terminated_run_is_started_again_from_its_row(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sweeping: Sweeping
) -> None:
    lost, kept = await _verified(reports, gateway), await _verified(reports, gateway)
    runs = {state.number: await _run_id(client, state) for state in (lost, kept)}
    await client.get_workflow_handle(workflow_id(lost.number)).terminate("by hand")
    await _swept(sweeping, lambda: _runs(client, lost))
    assert await _run_id(client, lost) != runs[lost.number]
    assert await _run_id(client, kept) == runs[kept.number]
    assert _metric("lapor_runs_missing") == 1
    await _done(reports, gateway, lost, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
    await _swept(sweeping, lambda: _is("lapor_runs_missing", 0))


async def test_a_run_the_list_does_not_show_yet_is_left_alone(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sweeping: Sweeping
) -> None:
    class Looked(ReportGateway):
        async def launch(
            self, state: ReportState, *, delay: timedelta = timedelta(), details: str | None = None
        ) -> bool:
            await sweeping.all_run()  # it is not known to be without a run, and is not said to be
            return await super().launch(state, delay=delay, details=details)

    state = await _verified(reports, gateway)
    before = await _run_id(client, state)
    sweeping.gateway = Looked(client, sweeping.database)
    await sweeping._start_again([state.number])
    await sweeping.all_run()
    assert (await _run_id(client, state), _metric("lapor_runs_missing")) == (before, 0)


async def test_reports_that_have_ended_need_no_run_unless_a_request_waits(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sweeping: Sweeping
) -> None:
    closed, asked = await _verified(reports, gateway), await _verified(reports, gateway)
    for state in (closed, asked):
        await _done(reports, gateway, state, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
        await _done(reports, gateway, state, Action.CLOSE, PROVINCE_ADMIN)
    await _done(reports, gateway, asked, Action.REQUEST_REOPEN, DINAS_OFFICER, decider_id=PROVINCE)
    archived = await reports.accept()
    filed = {"archive_category": "unclear"}
    await _done(reports, gateway, archived, Action.ARCHIVE, PROVINCE_ADMIN, **filed)
    for state in (closed, asked, archived):
        await client.get_workflow_handle(workflow_id(state.number)).terminate("by hand")
    await _swept(sweeping, lambda: _runs(client, asked))
    assert not await _runs(client, closed)
    assert not await _runs(client, archived)


async def test_a_lost_temporal_database_is_made_good(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
) -> None:
    states = [await _verified(reports, gateway) for _ in range(5)]
    elsewhere = await _empty_namespace(client)
    sweeping = Sweeping(worker_database, elsewhere, ReportGateway(elsewhere, worker_database))

    async def all_run() -> bool:
        return await _all_run(elsewhere, states) and sweeping.without_run == 0

    await _swept(sweeping, all_run)
    await sweeping.all_run()
    assert _metric("lapor_runs_restarted_total") >= len(states)


async def test_many_lost_runs_are_begun_a_few_at_a_time_or_each_would_be_too_late(
    reports: Reports, client: Client, sweeping: Sweeping
) -> None:
    under_way, most = 0, 0

    class Counting(ReportGateway):
        async def launch(
            self, state: ReportState, *, delay: timedelta = timedelta(), details: str | None = None
        ) -> bool:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return True

    sweeping.gateway = Counting(client, sweeping.database)
    lost = [(await reports.accept()).number for _ in range(2 * ALONE)]
    await reports.rows("UPDATE lifecycle.report SET launched_at = now() RETURNING 1")
    assert await sweeping._start_again(lost) == len(lost)
    assert most == ALONE


async def test_while_runs_cannot_be_started_the_process_is_not_ready(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
) -> None:
    state = await _verified(reports, gateway)
    nowhere = _in_namespace(client, "not-there")
    sweeping = Sweeping(worker_database, client, ReportGateway(nowhere, worker_database))
    await client.get_workflow_handle(workflow_id(state.number)).terminate("by hand")

    async def known() -> bool:
        try:
            await sweeping.all_run()
        except NotReady as reason:
            return "1 reports without a run" in str(reason)
        return False

    await _swept(sweeping, known)
    assert _metric("lapor_runs_missing") == 1


async def test_the_run_of_another_report_is_replaced(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sweeping: Sweeping
) -> None:
    before = await _verified(reports, gateway)
    await reports.lose(before.number)
    after = await reports.accept(number=before.number)
    await _launched(reports, after)

    async def replaced() -> bool:
        described = await client.get_workflow_handle(workflow_id(after.number)).describe()
        return not is_anothers(described.raw_info, after.identity)

    await _swept(sweeping, replaced)
    assert (await reports.state(after.number)).version == 1


async def test_a_deadline_that_passed_without_its_step_is_asked_for(
    reports: Reports, worker: None, gateway: ReportGateway, sweeping: Sweeping
) -> None:
    """As after a step that was committed and not heard of: the row knows, the run does not."""
    state = await _verified(reports, gateway)
    early = datetime.now(UTC) - timedelta(minutes=2)
    clocks = tuple(clock.model_copy(update={"deadline": early}) for clock in state.clocks)
    body = state.model_copy(update={"clocks": clocks}).model_dump_json()
    change = "UPDATE lifecycle.report SET state = CAST(:s AS jsonb) WHERE number = :n RETURNING 1"
    await reports.value(change, s=body, n=state.number)

    async def marked() -> bool:
        actions = [line.action for line in await reports.history(state.number)]
        return actions.count("overdue") == 2

    await _swept(sweeping, marked)
    await _swept(sweeping, lambda: _is("lapor_deadlines_missed", 0))


async def test_a_run_that_does_not_answer_is_asked_less_and_less(
    reports: Reports, gateway: ReportGateway, client: Client, sweeping: Sweeping
) -> None:
    state = await reports.accept(at=datetime.now(UTC) - timedelta(days=20))
    await gateway.launch(state)  # and no worker
    await _launched(reports, state)
    for _ in range(3):
        await sweeping._ask_to_recheck([state.number])
    history = await client.get_workflow_handle(workflow_id(state.number)).fetch_history()
    signals = [
        event
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert len(signals) == 1


@pytest.mark.parametrize("how", ["terminated", "deleted", "older"])
async def test_runs_are_listed_only_where_their_count_says_that_some_are_lost(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr(missing_runs, "SETTLED_AFTER", 0.0)
    await reports.accept()  # waits to be launched, which keeps nobody else from being looked for
    states = [await _verified(reports, gateway) for _ in range(3)]
    elsewhere = await _empty_namespace(client)
    sweeping = Sweeping(worker_database, elsewhere, ReportGateway(elsewhere, worker_database))
    list_runs, listed = sweeping._running, 0

    async def counted() -> dict[int, WorkflowExecutionInfo]:
        nonlocal listed
        listed += 1
        return await list_runs()

    monkeypatch.setattr(sweeping, "_running", counted)

    async def counts_agree() -> bool:
        before = listed
        await sweeping.once()
        return listed == before > 0

    await _swept(sweeping, counts_agree)
    if (
        how == "older"
    ):  # as in a database of before: who was launched last is not there, but more are
        for _ in range(2):
            await sweeping.gateway.launch(await reports.accept())
    lost = states[2 if how == "older" else 1]
    handle = elsewhere.get_workflow_handle(workflow_id(lost.number))
    before = (await handle.describe()).run_id
    if how == "terminated":
        await handle.terminate("by hand")
    else:
        execution = WorkflowExecution(workflow_id=handle.id)
        await elsewhere.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=elsewhere.namespace, workflow_execution=execution
            )
        )

    async def runs_again() -> bool:
        return await _runs(elsewhere, lost) and await _run_id(elsewhere, lost) != before

    await _swept(sweeping, runs_again)


async def test_only_one_sweeps_at_a_time(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    sweeping: Sweeping,
    fresh_database: UrlOf,
) -> None:
    state = await _verified(reports, gateway)
    await client.get_workflow_handle(workflow_id(state.number)).terminate("by hand")
    address = fresh_database("lapor_worker").replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(address) as other:
        await other.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        await sweeping.once()
        assert not await _runs(client, state)
    await _swept(sweeping, lambda: _runs(client, state))


async def _verified(reports: Reports, gateway: ReportGateway) -> ReportState:
    return await _done(reports, gateway, await reports.accept(), Action.VERIFY, PROVINCE_ADMIN)


async def _done(
    reports: Reports,
    gateway: ReportGateway,
    state: ReportState,
    action: Action,
    who: Actor,
    **details: Any,
) -> ReportState:
    state = await reports.state(state.number)
    command = await reports.command(state, action, who, datetime.now(UTC), **details)
    outcome = await gateway.send(command, state, timeout=60)
    assert outcome is not None, action
    assert outcome.done, outcome
    return await reports.state(state.number)


async def _launched(reports: Reports, state: ReportState) -> None:
    launched = "UPDATE lifecycle.report SET launched_at = now() WHERE number = :n RETURNING 1"
    await reports.value(launched, n=state.number)


async def _runs(client: Client, state: ReportState) -> bool:
    try:
        described = await client.get_workflow_handle(workflow_id(state.number)).describe()
    except RPCError:
        return False
    return described.status == WorkflowExecutionStatus.RUNNING


async def _all_run(client: Client, states: list[ReportState]) -> bool:
    return all([await _runs(client, state) for state in states])


async def _run_id(client: Client, state: ReportState) -> str | None:
    return (await client.get_workflow_handle(workflow_id(state.number)).describe()).run_id


async def _empty_namespace(client: Client) -> Client:
    """What is left when Temporal's database was lost and made anew."""
    name = f"empty-{uuid4().hex[:8]}"
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=RETENTION)
    )
    types = {
        key: getattr(IndexedValueType, f"INDEXED_VALUE_TYPE_{kind.upper()}")
        for key, kind in SEARCH_ATTRIBUTES.items()
    }
    for _ in range(150):  # the server hears of a new namespace after a while
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(search_attributes=types, namespace=name)
            )
        except RPCError:
            await asyncio.sleep(0.2)
        else:
            break
    return _in_namespace(client, name)


def _in_namespace(client: Client, name: str) -> Client:
    config = client.config()
    config["namespace"] = name
    return Client(**config)


async def _swept(sweeping: Sweeping, wanted: Callable[[], Awaitable[bool]]) -> None:
    """Sweep until it is as wanted: what Temporal lists comes a little after what it has."""
    for _ in range(150):
        with suppress(RPCError):  # of a namespace just made, not everything is known yet
            await sweeping.once()
        if await wanted():
            return
        await asyncio.sleep(0.2)
    raise AssertionError("never")


async def _is(name: str, value: float) -> bool:
    return _metric(name) == value


def _metric(name: str) -> float:
    return registry.get_sample_value(name) or 0.0
