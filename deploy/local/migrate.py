"""Brings a database and the NATS streams to what this version of the code expects."""

import asyncio
import importlib
import importlib.util
import inspect


async def migrate_database(database_url: str) -> None:
    """Runs the migrations as the owner of the database."""
    await _run("deploy.migrations", "upgrade", database_url)


async def declare_streams(nats_url: str) -> None:
    """Declares streams and consumers as they should be; services only bind to them."""
    await _run("shared.bus", "declare", nats_url)


async def _run(module: str, function: str, address: str) -> None:
    if importlib.util.find_spec(module) is None:
        return
    act = getattr(importlib.import_module(module), function, None)
    if act is None:
        return
    if inspect.iscoroutinefunction(act):
        await act(address)
    else:
        await asyncio.to_thread(act, address)
