"""The worker for downloads, webhooks and statistics: `python -m services.reporting.worker`."""

import asyncio
import os
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlmodel import col
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from services.reporting.downloads import names
from services.reporting.downloads.activities import DownloadActivities
from services.reporting.downloads.storage import KeptFiles
from services.reporting.downloads.workflow import DownloadWorkflow
from services.reporting.models import Download
from services.reporting.statistics.event_reader import keep_statistics
from services.reporting.webhooks.tasks import webhooks_working
from shared.clock import now
from shared.database.engine import Database
from shared.process import run_process
from shared.resilience.periodic import by_itself, repeating
from shared.resilience.stopping import unless_stopped
from shared.settings import Settings
from shared.temporal.client import connect_patiently
from shared.temporal.sandbox import restrictions

AT_A_TIME = 2
LOOK_EVERY = 30.0
"""Seconds between two searches for downloads that were not started because Temporal was
unavailable."""
WAITS = timedelta(seconds=5)
"""How long the worker waits before it starts a download itself: the service that took the request
normally does so."""
PARTS_KEPT = timedelta(days=1)
"""How long a cancelled or failed download can be resumed. Its parts hold what its owner was allowed
to see at that time."""
LISTED = timedelta(days=90)
"""How long a finished download is listed. The log of downloads is never deleted."""
_GRACE = timedelta(minutes=5)


def make_worker(client: Client, database: Database, settings: Settings) -> Worker:
    """Return a worker for downloads; run it with `async with`. When stopped, it abandons the files
    it is making; the next worker continues after the parts that are written (charts have none and
    start again)."""
    making = DownloadActivities(database, KeptFiles(settings.storage_url), settings)
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[DownloadWorkflow],
        activities=[making.make, making.give_up, making.expire],
        workflow_runner=SandboxedWorkflowRunner(restrictions("services.reporting.downloads.names")),
        max_concurrent_activities=AT_A_TIME,
        graceful_shutdown_timeout=timedelta(),
    )


async def start_waiting(client: Client, database: Database) -> None:
    """Start downloads that were requested while Temporal was unavailable; started ones are left as
    they are."""
    async with database.autocommit() as connection:
        waiting = col(Download.state) == "waiting", col(Download.created_at) < now() - WAITS
        attempts = select(col(Download.id), col(Download.attempt)).where(*waiting)
        rows = (await connection.execute(attempts.order_by(col(Download.created_at)))).all()
    for download_id, attempt in rows:
        await by_itself("downloads", download_id, names.start(client, download_id, attempt))


async def clean_up(database: Database, kept: KeptFiles) -> int:
    """Delete expired files, parts that can no longer be resumed, and old rows; return their number.
    Normally a file's workflow deletes it; this is for workflows that were lost."""
    at = now()
    state, expired = col(Download.state), update(Download).values(state="expired")
    old = expired.where(state == "done", col(Download.expires_at) < at - _GRACE)
    unfinished = expired.where(
        state.in_(("cancelled", "failed")), col(Download.finished_at) < at - PARTS_KEPT
    )
    listed = delete(Download).where(state == "expired", col(Download.created_at) < at - LISTED)
    async with database.autocommit() as connection:
        lapsed = [*(await connection.execute(old.returning(col(Download.id)))).scalars()]
        for download_id in lapsed:
            await kept.delete(download_id)
        left = [*(await connection.execute(unfinished.returning(col(Download.id)))).scalars()]
        for download_id in left:
            await kept.delete_parts(download_id)
        forgotten = (await connection.execute(listed)).rowcount
    return len(lapsed) + len(left) + forgotten


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Serve the task queues and update the statistics until stopped."""
    database = Database(settings.database_url, pool_size=10, application="lapor-downloads")
    kept = KeptFiles(settings.storage_url)
    try:
        async with keep_statistics(database, settings):
            client = await unless_stopped(stopping, connect_patiently(settings, "downloads"))

            async def look() -> None:
                await start_waiting(client, database)
                await clean_up(database, kept)

            async with (
                make_worker(client, database, settings),
                webhooks_working(client, database, settings),
                repeating("waiting downloads", LOOK_EVERY, look),
            ):
                await stopping.wait()
    finally:
        await database.dispose()


if __name__ == "__main__":
    os.nice(5)  # requests have priority: nobody waits at a screen for this work
    run_process("downloads", work, "postgres", "temporal")
