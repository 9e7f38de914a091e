"""Retries and mornings with the time skipped, and runs that began under earlier code.

`LAPOR_RECORD_HISTORIES=1 pytest tests/notification/test_runs.py` records them again. A change that
breaks the replay needs `workflow.patched`, not new recordings; `a_morning_of_no_bounds` is older
than the end of mornings.
"""

import asyncio
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from services.notification.digest import names as digest_names
from services.notification.digest.names import DigestBatch, DigestRun
from services.notification.digest.workflow import DigestWorkflow
from services.notification.sending import retry_names
from services.notification.sending.retry_names import TASK_QUEUE, RetryRun
from services.notification.sending.retry_workflow import MessageRetryWorkflow
from services.notification.worker import SANDBOX
from shared.lifecycle.calendar import Zone
from tests.skipped_time import start_time_skipping

HISTORIES = Path(__file__).parent / "histories"


async def test_a_message_that_nobody_takes_is_given_up_after_three_days() -> None:
    tried: list[datetime] = []
    async with await start_time_skipping() as env:

        @activity.defn(name=retry_names.SEND)
        async def send(_: RetryRun) -> bool:
            tried.append(await env.get_current_time())
            return False

        @activity.defn(name=retry_names.GIVE_UP)
        async def give_up(_: RetryRun) -> bool:
            return True

        run = await env.client.start_workflow(
            retry_names.WORKFLOW,
            RetryRun(message_id=uuid4(), round=1),
            id=f"message-{uuid4()}",
            task_queue=TASK_QUEUE,
        )
        async with working(env, send, give_up):
            assert await run.result() == "given_up"
        await record(run, "a_message_is_given_up")
    assert len(tried) == len(retry_names.DELAYS)
    assert timedelta(days=2.5) < tried[-1] - tried[0] < timedelta(days=4)


@pytest.mark.parametrize(
    ("late", "outcome"), [(timedelta(hours=2), "written"), (timedelta(hours=4), "too_late")]
)
async def test_a_morning_is_of_its_own_day_though_the_worker_came_on_the_next_or_not_at_all(
    late: timedelta, outcome: str
) -> None:
    days: list[date] = []
    async with await start_time_skipping() as env:

        @activity.defn(name=digest_names.IS_DUE)
        async def is_due(_: DigestBatch) -> bool:
            return True

        @activity.defn(name=digest_names.WRITE_BATCH)
        async def write_batch(batch: DigestBatch) -> int | None:
            days.append(batch.day)
            return batch.after + 1 if batch.after < 2 else None

        local = (await env.get_current_time()).astimezone(Zone.WIB.offset)
        evening = local.replace(hour=23, minute=0) + timedelta(days=1)
        await env.sleep(evening - local)  # so that the day ends before the worker is there
        run = await env.client.start_workflow(
            digest_names.WORKFLOW,
            DigestRun(zone=Zone.WIB),
            id=f"digest-{uuid4()}",
            task_queue=TASK_QUEUE,
            start_delay=late,
        )
        async with working(env, is_due, write_batch):
            assert await run.result() == outcome
        await record(run, f"a_morning_is_{outcome}")
    assert days == [evening.date()] * (3 if outcome == "written" else 0)


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
async def test_a_recorded_run_replays(path: Path) -> None:
    recorded = await asyncio.to_thread(path.read_text)
    replayer = Replayer(
        workflows=[MessageRetryWorkflow, DigestWorkflow],
        workflow_runner=SANDBOX,
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json("recorded", recorded))


def working(env: WorkflowEnvironment, *activities: Any) -> Worker:
    return Worker(
        env.client,
        task_queue=TASK_QUEUE,
        workflows=[MessageRetryWorkflow, DigestWorkflow],
        activities=activities,
        workflow_runner=SANDBOX,
    )


async def record(run: WorkflowHandle[Any, Any], name: str) -> None:
    if "LAPOR_RECORD_HISTORIES" in os.environ:
        history = await run.fetch_history()
        await asyncio.to_thread((HISTORIES / f"{name}.json").write_text, history.to_json())
