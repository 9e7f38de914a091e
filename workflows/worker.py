"""The worker: carries reports through their life, and picks up what was left lying."""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from shared.database.engine import Database
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.client import connect_patiently
from shared.temporal.report_gateway import ReportGateway
from workflows.backlog_metrics import Measuring
from workflows.connected_agencies import Connecting
from workflows.handovers import HandingOver
from workflows.missing_runs import EVERY, Sweeping
from workflows.process import CHECKS, repeat, run_process, wait_for_database
from workflows.recalculate_deadlines import Redating
from workflows.record_step import Recorder
from workflows.report import ReportWorkflow
from workflows.resend_commands import Resending
from workflows.retention import Forgetting
from workflows.sandbox import sandbox
from workflows.tab_counts import Counting

POOL = 20
"""Connections to Postgres, hence steps recorded at a time."""


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Serve the task queue until told to stop; steps under way are finished."""
    database = Database(settings.database_url, pool_size=POOL, application="lapor-worker")
    await wait_for_database(database, stopping)
    connecting = asyncio.create_task(connect_patiently(settings, "worker"))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({connecting, stop}, return_when=asyncio.FIRST_COMPLETED)
    if connecting.done() and not stopping.is_set():
        client = connecting.result()
        gateway = ReportGateway(client, database)
        async with make_worker(client, database, settings), asyncio.TaskGroup() as chores:
            resending, connecting_agencies = (
                Resending(database, gateway),
                Connecting(database, gateway),
            )
            redating, handing_over = Redating(database, gateway), HandingOver(database, gateway)
            sweeping = Sweeping(database, client, gateway)
            CHECKS["runs"] = sweeping.all_run
            chores.create_task(repeat("sweeping", EVERY, sweeping.once, stopping))
            chores.create_task(repeat("resending", 2, resending.once, stopping))
            chores.create_task(repeat("counting", 2, Counting(database).once, stopping))
            chores.create_task(repeat("measuring", 10, Measuring(database).once, stopping))
            chores.create_task(repeat("forgetting", 3600, Forgetting(database).once, stopping))
            chores.create_task(repeat("connecting", 10, connecting_agencies.once, stopping))
            chores.create_task(repeat("redating", 10, redating.once, stopping))
            chores.create_task(repeat("handing over", 2, handing_over.once, stopping))
    connecting.cancel()
    await database.dispose()


def make_worker(
    client: Client, database: Database, settings: Settings, *, cached_runs: int = 1000
) -> Worker:
    """A worker for reports; run it with `async with`. `cached_runs` stay in memory."""
    recorder = Recorder(database, f"{settings.intake_url}/reports")
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[ReportWorkflow],
        activities=[recorder.record],
        workflow_runner=sandbox(),
        max_cached_workflows=cached_runs,
        max_concurrent_activities=POOL,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


if __name__ == "__main__":
    run_process("worker", work, "postgres", "temporal")
