"""A worker that is killed as it records a command: `python -m tests.workflows.dying_worker POINT`.

POINT is `before`: nothing is written yet; or `after`: it is committed, and nobody has heard of it.
"""

import asyncio
import os
import signal
import sys

from temporalio import activity

from shared.database.engine import Database
from shared.settings import settings
from shared.temporal import names
from shared.temporal.client import connect
from workflows import worker
from workflows.record_step import Recorder
from workflows.step_messages import Step, StepResult

POINTS = ("before", "after")


class DyingRecorder(Recorder):
    """Takes the process with it."""

    @activity.defn(name=names.RECORD)
    async def record(self, step: Step) -> StepResult:
        if step.command is not None and sys.argv[1] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await super().record(step)
        if step.command is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


async def _work() -> None:
    own = settings("worker")
    database = Database(own.database_url)
    async with worker.make_worker(await connect(own, "dying", lazy=False), database, own):
        await asyncio.Event().wait()


if __name__ == "__main__":
    worker.Recorder = DyingRecorder  # type: ignore[attr-defined]
    asyncio.run(_work())
