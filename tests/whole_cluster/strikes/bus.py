"""NATS has no room for more: a stream's limit, or that of our whole account, is used up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.errors import NoStreamResponseError, ServiceUnavailableError

from shared.bus.connection import connect
from tests.bus.quota import account_full
from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import ACCOUNT, Fault
from tests.whole_cluster.whole import WholeCluster


async def use_up_quota(crowd: Crowd, fault: Fault) -> None:
    """It is set to one byte, and back: what is stored stays, nothing more is taken."""
    [whose] = fault.parts
    whole = crowd.cluster
    account = account_full(whole.credentials.nats, whole.settings.nats_url)
    async with account if whose == ACCOUNT else _stream_full(whole, whose):
        await asyncio.sleep(fault.seconds)


@asynccontextmanager
async def _stream_full(whole: WholeCluster, name: str) -> AsyncIterator[None]:
    bus = await connect(whole.settings.nats_url, "quota", patience=60)
    js = bus.nc.jetstream(timeout=10)
    try:
        room = await _set_room(js, name, 1)
        try:
            yield
        finally:
            await _set_room(js, name, room)
    finally:
        await bus.close()


async def _set_room(js: JetStreamContext, name: str, size: int) -> int:
    """Bytes that the stream may hold, and what they were. One that has no leader is waited for."""
    async with asyncio.timeout(60):
        while True:
            try:
                config = (await js.stream_info(name)).config
                former, config.max_bytes = config.max_bytes or -1, size
                await js.update_stream(config)
                return former
            except (NatsTimeout, NoStreamResponseError, ServiceUnavailableError):
                await asyncio.sleep(0.2)
