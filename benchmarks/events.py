"""What commands leave in a report's history on Temporal."""

import asyncio
import itertools
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from benchmarks.figures import Figure, at_most
from benchmarks.part import Size
from benchmarks.stack_access import Clerk, StackAccess, quiet
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.commands import Command
from shared.lifecycle.people import OPERATOR
from shared.temporal import names

COMMAND_AIM, LIFE_AIM = 9, 28


async def events(access: StackAccess, _size: Size) -> list[Figure]:
    """Of a refused command, the dearest command, and a life."""
    async with AsyncExitStack() as opened:
        clerk = Clerk(access, opened)
        number = await clerk.submit()
        await quiet(access.stack)
        handle = access.temporal.get_workflow_handle(names.workflow_id(number))
        counts = [await _settled_events(handle)]
        refused = await _refused(access, number)
        counts.append(await _settled_events(handle))
        for act in (clerk.verify, clerk.follow_up, clerk.close):
            await act(number)
            counts.append(await _settled_events(handle))
    costs = [after - before for before, after in itertools.pairwise(counts)]
    most, whole = max(costs[1:]), counts[-1]
    assert refused
    return [
        _events("a refused command", costs[0], 0),
        _events("the dearest of verify, follow up, close", most, COMMAND_AIM),
        _events("a life of submit, verify, follow up, close", whole, LIFE_AIM),
    ]


def _events(what: str, count: int, aim: int) -> Figure:
    return Figure(what, "events", count, score=count, aim=at_most(aim))


async def _refused(access: StackAccess, number: int) -> bool:
    """Send what the workflow itself must refuse: services would not let it come so far."""
    command_request = Command(
        id=uuid.uuid4(),
        number=number,
        action=Action.REPLY,
        actor=OPERATOR,
        capacities=frozenset({Capacity.REPORTER}),
        at=datetime.now(UTC),
        handler_seen=0,
    )
    handle = access.temporal.get_workflow_handle(names.workflow_id(number))
    try:
        await handle.execute_update(names.COMMAND, command_request, id=str(command_request.id))
    except WorkflowUpdateFailedError:
        return True
    return False


async def _settled_events(handle: WorkflowHandle[Any, Any]) -> int:
    """The length of the history once nothing is under way and it grows no more."""
    count, before = -1, -1
    while count < 0 or count != before:
        await asyncio.sleep(0.3)
        now = (await handle.describe()).raw_description
        before = count
        if not now.HasField("pending_workflow_task") and not now.pending_activities:
            count = now.workflow_execution_info.history_length
        else:
            count = -1
    return count
