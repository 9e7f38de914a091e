"""The least a life can be on Temporal: a workflow that takes updates, each with one activity.

`python -m benchmarks.bare ADDRESS` is its worker.
"""

import asyncio
import os
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bare"


@activity.defn
async def nothing(said: str) -> str:
    """Does nothing."""
    return said


@workflow.defn
class BareWorkflow:
    """Ends after so many updates."""

    def __init__(self) -> None:
        self._done = 0

    @workflow.run
    async def run(self, steps: int) -> None:
        await workflow.wait_condition(
            lambda: self._done >= steps and workflow.all_handlers_finished()
        )

    @workflow.update
    async def step(self, said: str) -> str:
        answer = await workflow.execute_activity(
            nothing, said, start_to_close_timeout=timedelta(seconds=15)
        )
        self._done += 1
        return answer


async def _serve(address: str) -> None:
    client = await Client.connect(address)
    async with Worker(client, task_queue=QUEUE, workflows=[BareWorkflow], activities=[nothing]):
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(sys.argv[1]))
    finally:
        os._exit(0)  # the SDK's threads could abort an interpreter that takes its time
