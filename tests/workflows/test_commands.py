"""Commands through the door, on the real Temporal server."""

from datetime import UTC, datetime

from temporalio.client import Client

from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status
from shared.temporal.door import Door
from shared.temporal.names import workflow_id
from tests.workflows.factory import (
    DINAS_OFFICER,
    FOLLOW_UP,
    PROVINCE_ADMIN,
    Reports,
)


def _now() -> datetime:
    return datetime.now(UTC)


async def test_a_report_goes_from_acceptance_to_closing(
    reports: Reports, worker: None, door: Door, client: Client
) -> None:
    state = await reports.accept()
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.HOLD, PROVINCE_ADMIN, {}),
        (Action.RELEASE, PROVINCE_ADMIN, {}),
        (Action.CLOSE, PROVINCE_ADMIN, {}),
    ):
        command = await reports.command(state, action, actor, _now(), **details)
        outcome = await door.send(command, state)
        assert outcome is not None
        assert outcome.done, outcome
        state = await reports.state(state.number)
    assert state.status is Status.CLOSED_BY_ADMIN
    lines = await reports.history(state.number)
    assert [line.entry for line in lines] == list(range(1, len(lines) + 1))
    history = await client.get_workflow_handle(workflow_id(state.number)).fetch_history()
    print(len(history.events), [e.event_type for e in history.events])
