"""The worker: launches reports, carries them through their life, and picks up what was left
over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from shared.bus.dead_letter_review import forget_resolved
from shared.collector import collect_seldom
from shared.database.engine import Database
from shared.partners.background import in_background
from shared.process import CHECKS, run_process
from shared.resilience.periodic import repeating
from shared.resilience.reasons import reason
from shared.resilience.stopping import pause, unless_stopped
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.client import connect_patiently
from shared.temporal.report_gateway import ReportGateway
from workflows.backlog_metrics import Measuring
from workflows.connected_agencies import Connecting
from workflows.handovers import HandingOver
from workflows.launch_slots import LaunchSlots
from workflows.launcher import Launcher, make_consumer
from workflows.missing_runs import EVERY, Sweeping
from workflows.recalculate_deadlines import Redating
from workflows.record_step import Recorder
from workflows.report import ReportWorkflow
from workflows.resend_commands import Resending
from workflows.sandbox import sandbox
from workflows.tab_counts import Counting

log = logging.getLogger(__name__)

POOL = 20
"""Connections to Postgres; half as many more are opened when these are in use."""
STEPS = 16
OUTSTANDING = 10
"""Steps recorded at the same time, in workflow tasks and by ordinary activities. Together they are
fewer than the connections, so that the loops can work too."""
_FORGOTTEN_AT_ONCE = 1_000
"""Dead letters deleted in one transaction."""
Loop = tuple[str, float, Callable[[], Awaitable[None]]]
"""What a loop does, and every how many seconds."""


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Serve the task queue until `stopping` is set; steps under way are finished."""
    database = Database(settings.database_url, pool_size=POOL, application="lapor-worker")
    try:
        await _wait_for(database, stopping)
        client = await unless_stopped(stopping, connect_patiently(settings, "worker"))
        gateway = ReportGateway(client, database)
        slots = LaunchSlots()
        launcher = Launcher(database, gateway, slots)
        launching = in_background(
            settings.nats_url,
            "launcher",
            lambda bus: [make_consumer(bus, launcher, database, settings)],
        )
        worker = make_worker(client, database, settings, on_step=slots.note_step)
        sweeping = Sweeping(database, client, gateway, slots)
        async with worker, launching, AsyncExitStack() as loops:
            for name, every, once in _loops(database, gateway, launcher, sweeping):
                await loops.enter_async_context(repeating(name, every, once))
            collect_seldom()
            await stopping.wait()
    finally:
        await database.dispose()


async def _wait_for(database: Database, stopping: asyncio.Event) -> None:
    """Wait while the database is away or not migrated yet."""
    missing = False
    while not stopping.is_set():
        try:
            async with database.autocommit() as connection:
                await connection.execute(text("SELECT 1 FROM lifecycle.outbox LIMIT 1"))
            return
        except Exception as error:  # noqa: BLE001 - whatever is wrong, it is not there yet
            if not missing:
                log.warning("the database is not ready (%s), trying on", reason(error))
            missing = True
        await pause(1, stopping)


def _loops(
    database: Database, gateway: ReportGateway, launcher: Launcher, sweeping: Sweeping
) -> Iterator[Loop]:
    CHECKS["runs"] = sweeping.all_run
    yield "sweeping", EVERY, sweeping.once
    yield "resending", 2, Resending(database, gateway, launcher).once
    yield "counting", 2, Counting(database).once
    yield "measuring", 10, Measuring(database).once
    yield "forgetting", 3600, DeadLetterCleanup(database).once
    yield "connecting", 10, Connecting(database, gateway).once
    yield "redating", 10, Redating(database, gateway).once
    yield "handing over", 2, HandingOver(database, gateway).once


def make_worker(
    client: Client,
    database: Database,
    settings: Settings,
    *,
    cached_runs: int = 1000,
    on_step: Callable[[], None] | None = None,
) -> Worker:
    """A worker for reports; run it with `async with`.

    It keeps `cached_runs` in memory, and calls `on_step` whenever a step is to be recorded.
    """
    recorder = Recorder(database, f"{settings.intake_url}/reports", on_step)
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[ReportWorkflow],
        activities=[recorder.record],
        workflow_runner=sandbox(),
        deployment_config=_deployment(settings.worker_version),
        max_cached_workflows=cached_runs,
        max_concurrent_activities=OUTSTANDING,
        max_concurrent_local_activities=STEPS,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


@dataclass(frozen=True)
class DeadLetterCleanup:
    """Deletes dead letters that were put back or discarded 90 days ago."""

    database: Database

    async def once(self) -> None:
        """Delete all that are there."""
        forgotten = _FORGOTTEN_AT_ONCE
        while forgotten == _FORGOTTEN_AT_ONCE:
            async with self.database.session() as session:
                forgotten = await forget_resolved(session, _FORGOTTEN_AT_ONCE)


def _deployment(version: str) -> WorkerDeploymentConfig | None:
    # Set here and not by the workflow: otherwise a worker without a version could run none. A run
    # goes on with whichever version is in use; a run that stayed with its first version would hold
    # that version for years.
    if not version:
        return None
    return WorkerDeploymentConfig(
        WorkerDeploymentVersion(names.DEPLOYMENT, version),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


if __name__ == "__main__":
    run_process("worker", work, "postgres", "nats", "temporal")
