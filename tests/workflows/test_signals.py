"""Hold, release, close and reopen as signals: from services, and by hand from an operator."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RawValue

from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal.messages import SignalMessage
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports, make_command
from workflows.worker import make_worker

_SCHEDULED: Final = "activity_task_scheduled_event_attributes"
SECRET_WORDS = "Budi Kencana 0812345678"


def _raw(data: bytes, encoding: bytes = b"json/plain") -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))


REASON = {"code": "court_order"}


@pytest.mark.parametrize(
    "sent",
    [
        [REASON],
        [REASON | {"reason": SECRET_WORDS, "note": {"deep": [SECRET_WORDS]}}],
        [REASON | {"command": {"id": "no"}}],
    ],
    ids=str,
)
async def test_an_operators_signal_wants_the_code_of_a_reason_and_drops_all_else(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sent: list[Any]
) -> None:
    state = await _followed_up(reports, gateway)
    await _operators(client, state).signal("hold", args=sent)
    assert (await _at_version(reports, state.number, state.version + 1)).held
    line = (await reports.history(state.number))[-1]
    assert (line.action, line.actor_kind) == ("hold", "operator")
    assert line.details == {"reason_code": "court_order"}


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [None],
        [{"code": SECRET_WORDS, "reason": SECRET_WORDS}],
        ["hold it please"],
        [42],
        [{"command": {"id": "no"}}],
        [REASON, "and a second argument"],
        [_raw(b"{not json")],
        [_raw(b"\xff\xfe", b"binary/plain")],
    ],
    ids=str,
)
async def test_an_operators_signal_without_a_reason_is_a_recorded_no_op(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client, sent: list[Any]
) -> None:
    state = await _followed_up(reports, gateway)
    await _operators(client, state).signal("hold", args=sent)
    assert not (await _at_version(reports, state.number, state.version + 1)).held
    line = (await reports.history(state.number))[-1]
    assert (line.action, line.actor_kind) == ("hold", "operator")
    assert line.details == {"refused": "reason_required"}


async def test_an_operators_illegal_signal_is_a_recorded_no_op(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    client: Client,
    record_history: Callable[[Client, int], Awaitable[None]],
) -> None:
    state = await _followed_up(reports, gateway)
    await _operators(client, state).signal("reopen", REASON)
    after = await _at_version(reports, state.number, state.version + 1)
    assert after.status is state.status
    line = (await reports.history(state.number))[-1]
    assert (line.action, line.details["refused"]) == ("reopen", "not_allowed_in_status")
    assert line.visibility == "staff"
    assert (await reports.events(state.number))[-1]["event"] == "signal_refused"
    await record_history(client, state.number)


async def test_a_signal_that_pretends_to_be_a_service_is_the_operators(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await _followed_up(reports, gateway)
    long_ago = datetime.now(UTC) - timedelta(days=3)
    forged = make_command(state, Action.HOLD, PROVINCE_ADMIN, long_ago)
    await _operators(client, state).signal("hold", SignalMessage(command=forged, **REASON))
    await _at_version(reports, state.number, state.version + 1)
    line = (await reports.history(state.number))[-1]
    assert (line.actor_kind, line.staff_id) == ("operator", None)
    assert datetime.now(UTC) - line.at < timedelta(minutes=1)


async def test_a_services_signal_is_its_senders(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await _followed_up(reports, gateway)
    command = await reports.command(state, Action.HOLD, PROVINCE_ADMIN, datetime.now(UTC))
    outcome = await gateway.send(command, state)
    assert outcome is not None
    assert outcome.done
    line = (await reports.history(state.number))[-1]
    assert (line.actor_kind, line.staff_id, line.ref) == ("staff", 2, command.id)


async def test_the_same_signal_twice_counts_once(
    reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await _followed_up(reports, gateway)
    command = await reports.command(state, Action.HOLD, PROVINCE_ADMIN, datetime.now(UTC))
    first = await gateway.send(command, state)
    assert await gateway.send(command, state) == first
    await asyncio.sleep(0.3)
    assert (await reports.state(state.number)).version == state.version + 1


async def test_an_unknown_signal_breaks_nothing(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await _followed_up(reports, gateway)
    await _operators(client, state).signal("explode", {"now": True})
    await _operators(client, state).signal("hold", REASON)
    assert (await _at_version(reports, state.number, state.version + 1)).held


async def test_a_hold_asked_before_the_deadline_wins_though_the_worker_was_down(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    await reports.set_policy({"auto_close": {"amount": 2, "unit": "seconds"}})
    async with make_worker(client, worker_database, worker_settings):
        state = await _followed_up(reports, gateway)
    hold = await _saved(reports, state, Action.HOLD)
    await asyncio.sleep(2.5)
    async with make_worker(client, worker_database, worker_settings):
        outcome = await gateway.send(hold, state)
        assert outcome is not None
        assert outcome.done
    assert (await reports.state(state.number)).status is Status.FOLLOWED_UP


async def test_a_follow_up_asked_in_time_wins_though_the_worker_was_down(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    await reports.set_policy({"auto_close": {"amount": 2, "unit": "seconds"}})
    async with make_worker(client, worker_database, worker_settings):
        state = await _followed_up(reports, gateway)
    again = await _saved(reports, state, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP)
    await asyncio.sleep(2.5)
    async with make_worker(client, worker_database, worker_settings):
        await asyncio.sleep(1)  # the timer has rung; the clock waits for what is on its way
        assert (await reports.state(state.number)).version == state.version
        history = await client.get_workflow_handle(workflow_id(state.number)).fetch_history()
        asked = [e for e in history.events if e.HasField(_SCHEDULED)]
        assert len(asked) <= 5  # it asks again after a pause, not at once
        outcome = await gateway.send(again, state)
        assert outcome is not None
        assert outcome.done
        await _at_version(reports, state.number, state.version + 2)
    names = [event["event"] for event in await reports.events(state.number)]
    assert names[-3:] == ["followed_up", "followed_up", "closed"]


async def test_a_hold_asked_after_the_deadline_is_a_recorded_no_op(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    await reports.set_policy({"auto_close": {"amount": 1, "unit": "seconds"}})
    async with make_worker(client, worker_database, worker_settings):
        state = await _followed_up(reports, gateway)
    await asyncio.sleep(1.5)
    hold = await _saved(reports, state, Action.HOLD)
    async with make_worker(client, worker_database, worker_settings):
        outcome = await gateway.send(hold, state)
    assert outcome is not None
    assert outcome.refusal == "not_allowed_in_status"
    assert (await reports.state(state.number)).status is Status.CLOSED_BY_SYSTEM


def _operators(client: Client, state: ReportState) -> WorkflowHandle[Any, Any]:
    """The run as somebody in the Temporal UI reaches it."""
    return client.get_workflow_handle(workflow_id(state.number))


async def _saved(
    reports: Reports,
    state: ReportState,
    action: Action,
    actor: Actor = PROVINCE_ADMIN,
    **details: Any,
) -> Command:
    return await reports.command(state, action, actor, datetime.now(UTC), **details)


async def _followed_up(reports: Reports, gateway: ReportGateway) -> ReportState:
    state = await reports.accept()
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
    ):
        command = await _saved(reports, state, action, actor, **details)
        outcome = await gateway.send(command, state)
        assert outcome is not None
        assert outcome.done
        state = await reports.state(state.number)
    return state


async def _at_version(reports: Reports, number: int, version: int) -> ReportState:
    for _ in range(100):
        state = await reports.state(number)
        if state.version >= version:
            return state
        await asyncio.sleep(0.05)
    raise AssertionError(f"still at version {state.version}")
