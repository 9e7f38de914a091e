"""After a restore a number is given again, while Temporal still runs the report that had it."""

import asyncio

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.temporal.names import is_anothers, workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from tests.workflows.life import DAY, Life


async def _given_again(reports: Reports, state: ReportState) -> ReportState:
    await reports.lose(state.number)
    return await reports.accept(number=state.number)


async def test_a_launch_replaces_the_run_of_the_report_that_had_the_number(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    before = await reports.accept()
    assert await gateway.launch(before)
    assert not await gateway.launch(before)
    after = await _given_again(reports, before)
    assert await gateway.launch(after)
    described = await client.get_workflow_handle(workflow_id(after.number)).describe()
    assert not is_anothers(described.raw_info, after.identity)
    assert is_anothers(described.raw_info, before.identity)
    assert not await gateway.launch(after)


async def test_what_the_other_report_would_refuse_is_done(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    """The other one is verified already; its run must not say so of this one."""
    before = await reports.accept()
    verify = await reports.command(before, Action.VERIFY, PROVINCE_ADMIN, before.submitted_at)
    outcome = await gateway.send(verify, before)
    assert outcome is not None and outcome.done
    after = await _given_again(reports, before)
    verify = await reports.command(after, Action.VERIFY, PROVINCE_ADMIN, after.submitted_at)
    outcome = await gateway.send(verify, after)
    assert outcome is not None and (outcome.done, outcome.version) == (True, 2)
    assert [line.action for line in await reports.history(after.number)] == ["submit", "verify"]


async def test_a_signal_ends_the_others_run_and_is_done_when_sent_again(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    before = await reports.accept()
    await gateway.launch(before)
    after = await _given_again(reports, before)
    for action, who, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
    ):
        state = await reports.state(after.number)
        command = await reports.command(state, action, who, after.submitted_at, **details)
        outcome = await gateway.send(command, state)
        assert outcome is not None and outcome.done
    state = await reports.state(after.number)
    hold = await reports.command(state, Action.HOLD, PROVINCE_ADMIN, after.submitted_at)
    outcome = await gateway.send(hold, state)
    assert outcome is not None and outcome.done


async def test_the_others_clock_marks_nothing_and_its_run_ends(life: Life) -> None:
    before = await life.accept()
    handle = life.environment.client.get_workflow_handle(workflow_id(life.number))
    await life.reports.lose(before.number)
    await life.reports.accept(number=before.number, at=await life.now())
    await life.wait(20 * DAY)
    assert [line.action for line in await life.reports.history(life.number)] == ["submit"]
    for _ in range(100):
        described = await handle.describe()
        if described.status == WorkflowExecutionStatus.FAILED:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it goes on")


async def test_a_run_from_before_identities_does_not_write_into_anothers_row(life: Life) -> None:
    before = await life.reports.accept(at=await life.now(), number=life.number)
    await life.launch(before.model_copy(update={"identity": None}))
    await life.wait(DAY)
    await life.reports.lose(before.number)
    await life.reports.accept(number=before.number, at=await life.now())
    await life.wait(20 * DAY)
    assert [line.action for line in await life.reports.history(life.number)] == ["submit"]


async def test_a_run_from_before_identities_goes_on(life: Life) -> None:
    state = await life.reports.accept(at=await life.now(), number=life.number)
    await life.launch(state.model_copy(update={"identity": None}))
    await life.verify()
    await life.follow_up()
    assert (await life.state()).identity == state.identity


async def test_submitted_of_a_number_given_again_is_no_repeat(reports: Reports) -> None:
    before = await reports.accept()
    ids = "SELECT message_id FROM lifecycle.outbox WHERE number = :n"
    first = await reports.value(ids, n=before.number)
    await _given_again(reports, before)
    assert await reports.value(ids, n=before.number) != first


@pytest.mark.parametrize("action", [Action.VERIFY, Action.ARCHIVE])
async def test_a_command_of_the_lost_report_is_not_done_to_the_new_one(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, action: Action
) -> None:
    before = await reports.accept()
    await gateway.launch(before)
    stale = await reports.command(before, action, PROVINCE_ADMIN, before.submitted_at)
    after = await _given_again(reports, before)
    assert await gateway.launch(after)
    outcome = await gateway.send(stale, after, timeout=3)
    assert outcome is None or not outcome.done
    assert (await reports.state(after.number)).version == 1
    assert (await reports.state(after.number)).handler_id == PROVINCE
    try:
        described = await client.get_workflow_handle(workflow_id(after.number)).describe()
    except RPCError:
        raise AssertionError("its run is there") from None
    assert described.status == WorkflowExecutionStatus.RUNNING
