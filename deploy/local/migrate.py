"""Brings a database and the NATS streams to what this version of the code expects."""

import asyncio


async def migrate_database(database_url: str) -> None:
    """Runs the migrations as the owner of the database."""
    from deploy.migrations import upgrade  # slow to import, while others start

    await asyncio.to_thread(upgrade, database_url)


async def declare_streams(nats_url: str, replicas: int = 1) -> None:
    """Declares streams and consumers as they should be; services only bind to them."""
    from shared.bus.streams import declare

    await declare(nats_url, replicas)
