"""Runs a process until it is told to stop; it is ready while the servers it needs are there."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import psycopg
import uvloop

from shared.bus.connection import connect as connect_bus
from shared.database.address import connection_string
from shared.http.operations import Check, answering
from shared.resilience.stopping import Stopped
from shared.settings import Settings, settings
from shared.telemetry import configure_logging
from shared.tracing import traced

log = logging.getLogger(__name__)

Main = Callable[[Settings, asyncio.Event], Awaitable[None]]

CHECKS: dict[str, Check] = {}
"""The checks of a process for /readyz: its servers, and what else it checks."""


def run_process(name: str, main: Main, *needs: str) -> None:
    """Run `main` with the environment's settings until SIGTERM or SIGINT sets its event.

    Then the process ends at once, because the SDK's threads could abort an interpreter that ends
    slowly. It is not ready without the servers in `needs`. `main` may let `Stopped` pass.
    """
    configure_logging(name)
    code = 0
    try:
        with traced(name):
            uvloop.run(_until_stopped(name, main, needs))
    except Exception:
        log.exception("%s ended", name)
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


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


def reached(settings: Settings, *needs: str) -> dict[str, Callable[[], Awaitable[None]]]:
    """A check for each named server (`postgres`, `nats`, `temporal`), which raises if it is
    away."""
    return {need: partial(_CHECKS[need], settings) for need in needs}


async def _postgres(settings: Settings) -> None:
    address = connection_string(settings.database_url, "lapor-probe")
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        await connection.execute("SELECT 1")


async def _nats(settings: Settings) -> None:
    await (await connect_bus(settings.nats_url, "probe", patience=3)).close()


async def _temporal(settings: Settings) -> None:
    # 24 MB that only a process that uses it loads.
    from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest

    from shared.temporal import names
    from shared.temporal.client import connect as connect_temporal

    client = await connect_temporal(settings, "probe", lazy=False)
    await client.service_client.check_health()
    # It finds nothing; that the query is understood shows that namespace and attributes exist.
    known = " OR ".join(f"{name} IS NOT NULL" for name in names.SEARCH_ATTRIBUTES)
    await client.workflow_service.list_workflow_executions(
        ListWorkflowExecutionsRequest(
            namespace=client.namespace, page_size=1, query=f"WorkflowId = 'none' AND ({known})"
        )
    )


_CHECKS = {"postgres": _postgres, "nats": _nats, "temporal": _temporal}
