"""Downloads, webhooks, statistics: `python -m services.reporting.worker`."""

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
from services.reporting.statistics.event_reader import statistics_kept
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
"""Seconds between two looks for downloads that nobody has started: Temporal was away."""
WAITS = timedelta(seconds=5)
"""How long a download waits for the process that was asked for it to start it."""
PARTS_KEPT = timedelta(days=1)
"""How long a cancelled or failed download can be gone on with: what is written of it is as its
owner was allowed to see it then."""
LISTED = timedelta(days=90)
"""How long a download that is over is listed. The log of downloads stays."""
_GRACE = timedelta(minutes=5)


def make_worker(client: Client, database: Database, settings: Settings) -> Worker:
    """A worker for downloads; run it with `async with`. Told to stop, it leaves the files under
    way; whoever works next goes on after the parts that are written (charts have none: anew)."""
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
    """Start what was asked for while Temporal was away; started ones are left as they are."""
    async with database.autocommit() as connection:
        waiting = col(Download.state) == "waiting", col(Download.created_at) < now() - WAITS
        attempts = select(col(Download.id), col(Download.attempt)).where(*waiting)
        rows = (await connection.execute(attempts.order_by(col(Download.created_at)))).all()
    for download_id, attempt in rows:
        await by_itself("downloads", download_id, names.start(client, download_id, attempt))


async def clean_up(database: Database, kept: KeptFiles) -> int:
    """Delete files that have expired, parts nobody goes on with, rows of long ago; how many of
    these. A file's workflow deletes it in time: this is for those that were lost."""
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
    """Serve the task queue until told to stop."""
    database = Database(settings.database_url, pool_size=10, application="lapor-downloads")
    kept = KeptFiles(settings.storage_url)
    try:
        async with statistics_kept(database, settings):
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
    os.nice(5)  # accepting and commands first: for what is done here nobody waits at a screen
    run_process("downloads", work, "postgres", "temporal")
