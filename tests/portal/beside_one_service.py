"""The portal beside one service that stands for all, in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from services.portal.app import create
from shared.settings import Settings


@asynccontextmanager
async def served(service: FastAPI) -> AsyncIterator[str]:
    """The address at which the service answers, until the block ends."""
    config = uvicorn.Config(service, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            await serving


@asynccontextmanager
async def visiting(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of a portal whose services are all at this address."""
    portal = create(
        Settings(
            intake_url=address,
            routing_url=address,
            followup_url=address,
            reporting_url=address,
            notification_url=address,
            cookie_secret="c" * 44,
        )
    )
    transport = httpx.ASGITransport(portal)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://portal") as browser:
            yield browser
    finally:
        await portal.state.services.close()
