"""Brings a database and the NATS streams to what this version of the code expects."""

import asyncio
import time

from deploy.errors import StackError
from shared.settings import Settings


async def migrate_database(database_url: str) -> None:
    """Run the migrations as the owner of the database."""
    from deploy.migrations import upgrade  # slow to import, while others start

    await asyncio.to_thread(upgrade, database_url)


async def declare_streams(nats_url: str, replicas: int = 1) -> None:
    """Declare the streams and consumers; services only bind to them."""
    from shared.bus.streams import declare

    await declare(nats_url, replicas)


async def register_search_attributes(settings: Settings) -> None:
    """Register the attributes by which the Temporal UI finds runs. Waits up to a minute for a
    server that is still starting. Raises StackError if Temporal does not accept them; the rest of
    the system has been migrated by then."""
    from temporalio.service import RPCError

    from shared.resilience.reasons import reason
    from shared.temporal.client import connect
    from shared.temporal.search_attributes import register

    until = time.monotonic() + _PATIENCE
    while True:
        try:
            await register(await connect(settings, "migrate", lazy=False))
            return
        except (RPCError, RuntimeError) as error:
            if time.monotonic() > until:
                raise StackError(
                    f"Search attributes cannot be registered at {settings.temporal_address}, "
                    f"namespace {settings.temporal_namespace}: {reason(error)}. "
                    "Without them no report gets a run."
                ) from error
        await asyncio.sleep(1)


_PATIENCE = 60.0
