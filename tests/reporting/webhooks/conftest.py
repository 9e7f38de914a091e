"""A receiver, and the bus from which webhooks are told."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
import uvicorn

from deploy.local.ports import free_port
from shared.bus.connection import Bus, connect
from shared.bus.streams import declare
from shared.settings import Settings
from tests.reporting.webhooks.telling import Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    port = free_port()
    config = uvicorn.Config(receiver, port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    receiver.url = f"http://localhost:{port}/lapor"
    yield receiver
    server.should_exit = True
    await serving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_to_private_addresses": True})


@pytest.fixture
async def bus(settings: Settings, owner_url: str) -> AsyncIterator[Bus]:
    await declare(settings.nats_url)
    bus = await connect(settings.nats_url, "test", patience=10)
    await bus.js.purge_stream("REPORTS")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("TRUNCATE reporting.webhook CASCADE")
    yield bus
    await bus.close()
