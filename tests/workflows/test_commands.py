"""Commands through the gateway, on the real Temporal server."""

import asyncio
import gc
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import Actor, Role
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS_OFFICER, MISSION, PROVINCE_ADMIN, add_staff
from tests.workflows.factory import FOLLOW_UP, Reports, make_command
from workflows.connected_agencies import Connecting
from workflows.launcher import Launcher
from workflows.resend_commands import Resending
from workflows.worker import make_worker


async def test_a_report_goes_from_acceptance_to_closing(
    reports: Reports,
    unhurried: None,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    record_history: Callable[[Client, int], Awaitable[None]],
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    await _settled(client, state.number)
    costs = [await _events(client, state.number)]
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.HOLD, PROVINCE_ADMIN, {}),
        (Action.RELEASE, PROVINCE_ADMIN, {}),
        (Action.CLOSE, PROVINCE_ADMIN, {}),
    ):
        outcome = await _do(reports, gateway, state, action, actor, **details)
        assert outcome.done, outcome
        state = await reports.state(state.number)
        costs.append(await _events(client, state.number))
    assert state.status is Status.CLOSED_BY_ADMIN
    lines = await reports.history(state.number)
    assert [line.entry for line in lines] == list(range(1, len(lines) + 1))
    assert max(after - before for before, after in itertools.pairwise(costs)) <= 9
    await record_history(client, state.number)
    counted = await reports.value(
        "SELECT sum(reports) FROM lifecycle.tab_reports WHERE tab = 'closed' AND NOT given"
    )
    assert counted == 1


async def test_a_refused_command_leaves_no_event_and_says_why(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    await _settled(client, state.number)
    before = await _events(client, state.number)
    outcome = await _do(reports, gateway, state, Action.FOLLOW_UP, PROVINCE_ADMIN, **FOLLOW_UP)
    assert (outcome.done, outcome.refusal) == (False, "not_allowed_in_status")
    assert await _events(client, state.number) == before
    assert await reports.state(state.number) == state


async def test_a_command_before_the_launch_starts_the_run(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    outcome = await _do(reports, gateway, state, Action.VERIFY, PROVINCE_ADMIN)
    assert outcome.done
    await gateway.launch(state)  # the late launch finds a run and changes nothing
    assert (await reports.state(state.number)).status is Status.VERIFIED
    assert await reports.value("SELECT launched_at FROM lifecycle.report") is not None


async def test_the_same_id_again_gets_the_first_outcome(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    first = await gateway.send(command, state)
    assert first is not None
    assert await gateway.send(command, state) == first
    await client.get_workflow_handle(workflow_id(state.number)).terminate()
    later = await reports.state(state.number)
    assert await gateway.send(command, later) == first  # another run, which never heard of it
    assert len(await reports.history(state.number)) == 2


async def test_a_command_made_for_another_handler_is_refused(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    late = await reports.command(state, Action.ARCHIVE, PROVINCE_ADMIN, _now())
    await _do(reports, gateway, state, Action.VERIFY, PROVINCE_ADMIN)
    outcome = await gateway.send(late, state)
    assert outcome is not None
    assert outcome.refusal == "handler_changed"


async def test_two_at_the_same_moment_one_wins(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    commands = [
        await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now()) for _ in range(4)
    ]
    outcomes = await asyncio.gather(*(gateway.send(command, state) for command in commands))
    assert sorted(o.done for o in outcomes if o) == [False, False, False, True]
    assert (await reports.state(state.number)).version == 2


async def test_a_command_nobody_saved_is_refused(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    forged = make_command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    handle = client.get_workflow_handle(workflow_id(state.number))
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(names.COMMAND, forged, id=str(forged.id))
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "unknown_command"
    assert await reports.state(state.number) == state


async def test_a_saved_command_that_was_changed_on_the_way_is_refused(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    saved = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    changed = saved.model_copy(update={"secret": True})
    outcome = await gateway.send(changed, state)
    assert outcome is not None
    assert outcome.refusal == "unknown_command"


async def test_a_command_to_a_report_whose_run_has_ended(
    reports: Reports, worker: None, client: Client, worker_database: Database
) -> None:
    await reports.set_policy({"rating": {"amount": 1, "unit": "seconds"}})
    gateway = ReportGateway(client, worker_database, retire_after=timedelta(seconds=1))
    state = await _closed(reports, gateway)
    await client.get_workflow_handle(workflow_id(state.number)).result()
    outcome = await _do(reports, gateway, state, Action.REOPEN, PROVINCE_ADMIN)
    assert outcome.done
    assert (await reports.state(state.number)).status is Status.FOLLOWED_UP
    described = await client.get_workflow_handle(workflow_id(state.number)).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def test_what_was_asked_while_the_worker_was_away_is_sent_again(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    state = await reports.accept()
    asked = _now() - timedelta(seconds=10)
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, asked)
    async with make_worker(client, worker_database, worker_settings):
        await Resending(worker_database, gateway, Launcher(worker_database, gateway)).once()
    assert await reports.value("SELECT done FROM lifecycle.command WHERE id = :i", i=command.id)


async def test_a_report_forgotten_for_minutes_is_launched_by_the_worker(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
) -> None:
    state = await reports.accept(at=_now() - timedelta(minutes=5))
    await Resending(worker_database, gateway, Launcher(worker_database, gateway)).once()
    described = await client.get_workflow_handle(workflow_id(state.number)).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    assert await reports.value("SELECT launched_at FROM lifecycle.report") is not None


async def test_without_a_worker_the_outcome_is_not_known_yet(
    reports: Reports, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    assert await gateway.send(command, state, timeout=0.5) is None


async def test_without_temporal_the_command_waits(
    reports: Reports, worker_database: Database
) -> None:
    nowhere = await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
    state = await reports.accept()
    for action in (Action.VERIFY, Action.HOLD):
        command = await reports.command(state, action, PROVINCE_ADMIN, _now())
        assert await ReportGateway(nowhere, worker_database).send(command, state, timeout=1) is None


async def test_an_error_of_a_command_whose_caller_is_gone_is_not_logged_as_lost(
    client: Client, worker_database: Database, reports: Reports
) -> None:
    class Dying(ReportGateway):
        async def _send(self, command: Command, state: ReportState) -> Outcome | None:
            raise LookupError("a defect")

    state = await reports.accept()
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, _now())
    lost: list[Any] = []
    gc.collect()  # what other tests left is not ours
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: lost.append(context.get("exception")))
    try:
        with pytest.raises(LookupError):
            await Dying(client, worker_database).send(command, state)
        caller = asyncio.create_task(Dying(client, worker_database).send(command, state))
        for _ in range(2):  # it has begun to wait, and what it waits for has failed
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait({caller})
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    assert caller.cancelled()
    assert [error for error in lost if isinstance(error, LookupError)] == []


async def test_an_agency_connects_and_its_reports_go_on(
    reports: Reports,
    owner: Database,
    worker: None,
    gateway: ReportGateway,
    worker_database: Database,
) -> None:
    state = await reports.accept()
    deferred = {"deferral": DeferralKind.AGENCY_NOT_CONNECTED, "awaited_agency_id": MISSION}
    await _do(reports, gateway, state, Action.DEFER, PROVINCE_ADMIN, **deferred)
    connecting = Connecting(worker_database, gateway)
    await connecting.once()
    assert (await reports.state(state.number)).status is Status.AGENCY_NOT_CONNECTED
    async with owner.session() as session:
        await add_staff(await raw(session), 90, MISSION, Role.AGENCY_ADMIN)
    await connecting.once()
    connected = await reports.state(state.number)
    assert connected.status is Status.UNVERIFIED
    assert connected.due_at is not None
    assert (await reports.history(state.number))[-1].actor_kind == "system"


async def test_reports_are_found_by_their_search_attributes(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept(priority=True)
    await _do(reports, gateway, state, Action.VERIFY, PROVINCE_ADMIN)
    query = (
        "LaporStatus = 'VERIFIED' AND LaporHandler = 100 AND LaporPriority = true"
        f" AND LaporChannel = 'website' AND WorkflowId = '{workflow_id(state.number)}'"
    )
    for _ in range(50):
        runs = [run async for run in client.list_workflows(query)]
        if runs:
            break
        await asyncio.sleep(0.1)
    assert [run.id for run in runs] == [workflow_id(state.number)]
    handle = client.get_workflow_handle(workflow_id(state.number))
    summary = await (await handle.describe()).static_summary()
    assert summary == f"Laporan {state.number} · Situs Web"


async def _do(
    reports: Reports,
    gateway: ReportGateway,
    state: ReportState,
    action: Action,
    actor: Actor,
    **details: Any,
) -> Outcome:
    state = await reports.state(state.number)
    command = await reports.command(state, action, actor, _now(), **details)
    outcome = await gateway.send(command, state)
    assert outcome is not None
    return outcome


async def _closed(reports: Reports, gateway: ReportGateway) -> ReportState:
    state = await reports.accept()
    await _do(reports, gateway, state, Action.VERIFY, PROVINCE_ADMIN)
    await _do(reports, gateway, state, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
    await _do(reports, gateway, state, Action.CLOSE, PROVINCE_ADMIN)
    return await reports.state(state.number)


async def _events(client: Client, number: int) -> int:
    history = await client.get_workflow_handle(workflow_id(number)).fetch_history()
    return len(history.events)


async def _settled(client: Client, number: int) -> None:
    """Wait until the run has set its first timer."""
    while await _events(client, number) < 5:
        await asyncio.sleep(0.05)


def _now() -> datetime:
    return datetime.now(UTC)
