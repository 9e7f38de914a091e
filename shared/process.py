"""Running a process until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop
from sqlalchemy import text

from shared.database.engine import Database
from shared.http.operations import Check, answering
from shared.reachability import reached
from shared.reasons import reason
from shared.settings import Settings, settings
from shared.stopping import Stopped, pause
from shared.telemetry import configure_logging

log = logging.getLogger(__name__)

Main = Callable[[Settings, asyncio.Event], Awaitable[None]]

CHECKS: dict[str, Check] = {}
"""What a process asks for /readyz: its servers, and what else it finds to look at."""


def run_process(name: str, main: Main, *needs: str) -> None:
    """Run `main` with the environment's settings until SIGTERM or SIGINT sets its event, then
    end at once: the SDK's threads could abort an interpreter that takes its time. `needs` are the
    servers without which it is not ready. `main` may let `Stopped` pass."""
    configure_logging(name)
    code = 0
    try:
        uvloop.run(_until_stopped(name, main, needs))
    except Exception:
        log.exception("%s ended", name)
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def wait_for_database(database: Database, stopping: asyncio.Event) -> None:
    """Wait for a database that is not there or not migrated yet."""
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


async def _until_stopped(name: str, main: Main, needs: tuple[str, ...]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    own = settings(name)
    CHECKS.update(reached(own, *needs))
    async with answering(own.host, own.operations_port, CHECKS):
        with suppress(Stopped):
            await main(own, stopping)
    log.info("%s stopped", name)
