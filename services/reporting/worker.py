"""Downloads, webhooks, statistics: `python -m services.reporting.worker`."""

import asyncio
import logging
import os
import signal
import sys
from datetime import timedelta

from sqlalchemy import text
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from services.reporting.downloads import names
from services.reporting.downloads.activities import DownloadMaking
from services.reporting.downloads.housekeeping import clean_up
from services.reporting.downloads.storage import KeptFiles
from services.reporting.downloads.workflow import DownloadWorkflow
from services.reporting.statistics.tasks import statistics_kept
from services.reporting.webhooks.tasks import webhooks_working
from shared.database.engine import Database
from shared.http.operations import answering
from shared.periodic import by_itself
from shared.reachability import reached
from shared.reasons import reason
from shared.settings import Settings, settings
from shared.telemetry import configure_logging
from shared.temporal.client import connect_patiently

AT_A_TIME = 2
LOOK_EVERY = 30.0
"""Seconds between two looks for downloads that nobody has started: Temporal was away."""


def make_worker(client: Client, database: Database, settings: Settings) -> Worker:
    """A worker for downloads; run it with `async with`. Told to stop, it ends the files under
    way; whoever works next begins them anew."""
    making = DownloadMaking(database, KeptFiles(settings.storage_url), settings)
    return Worker(
        client,
        task_queue=names.TASK_QUEUE,
        workflows=[DownloadWorkflow],
        activities=[making.make, making.give_up, making.expire],
        workflow_runner=SandboxedWorkflowRunner(
            SandboxRestrictions.default.with_passthrough_modules(
                "annotated_types",
                "pydantic",
                "pydantic_core",
                "services.reporting.downloads.names",
                "typing_inspection",
            )
        ),
        max_concurrent_activities=AT_A_TIME,
        graceful_shutdown_timeout=timedelta(),
    )


async def start_waiting(client: Client, database: Database) -> None:
    """Start what was asked for while Temporal was away; started ones are left as they are."""
    async with database.autocommit() as connection:
        rows = (await connection.execute(_WAITING)).all()
    for download_id, attempt in rows:
        await by_itself("downloads", download_id, names.start(client, download_id, attempt))


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Serve the task queue until told to stop."""
    database = Database(settings.database_url, pool_size=10, application="lapor-downloads")
    async with statistics_kept(database, settings):
        connecting = asyncio.create_task(connect_patiently(settings, "downloads"))
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({connecting, stop}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            client, kept = connecting.result(), KeptFiles(settings.storage_url)
            async with (
                make_worker(client, database, settings),
                webhooks_working(client, database, settings),
            ):
                while not stopping.is_set():
                    try:
                        await start_waiting(client, database)
                        await clean_up(database, kept)
                    except Exception as error:  # noqa: BLE001  looked for again in a while
                        _log.warning("waiting downloads: %s, trying again", reason(error))
                    await asyncio.wait({stop}, timeout=LOOK_EVERY)
        connecting.cancel()
    await database.dispose()


async def _main(own: Settings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    needs = reached(own, "postgres", "temporal")
    async with answering(own.host, own.operations_port, needs):
        await work(own, stopping)


_log = logging.getLogger("lapor.reporting")
_WAITING = text(
    "SELECT id, attempt FROM reporting.download WHERE state = 'waiting'"
    " AND created_at < now() - interval '5 seconds' ORDER BY created_at LIMIT 100"
)

if __name__ == "__main__":
    configure_logging("downloads")
    code = 0
    try:
        asyncio.run(_main(settings("downloads")))
    except Exception:  # noqa: BLE001  whatever it is, the supervisor starts it again
        _log.exception("downloads ended")
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the SDK's threads could abort an interpreter that takes its time
