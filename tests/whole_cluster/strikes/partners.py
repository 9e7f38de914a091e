"""A partner's system runs wild: thousands of messages in seconds, on its own account."""

import asyncio
from typing import Final
from uuid import uuid4

import orjson
from nats.errors import TimeoutError as NatsTimeout

from deploy.partners.accounts import API_PREFIX
from shared.bus.connection import Bus
from shared.bus.streams import PARTNERS
from tests.whole_cluster.channels import Crowd, partner
from tests.whole_cluster.checks import LATEST
from tests.whole_cluster.faults import Fault

REPORTS: Final = 100
TIMES: Final = 25
_AT_ONCE: Final = 200
SERVED_WITHIN: Final = 60.0
"""Seconds for a whole life of somebody else's report, begun while messages pour in."""


async def flood(crowd: Crowd, fault: Fault) -> None:
    """Each report again and again. Meanwhile somebody else's report lives a whole life;
    afterwards each message has its receipt."""
    async with partner(crowd, "Banjir") as (bus, system):
        gate = asyncio.Semaphore(_AT_ONCE)
        ids = [f"banjir-{uuid4().hex}" for _ in range(REPORTS)]
        sequences: set[int] = set()

        async def send(id: str) -> None:
            async with gate:
                sequences.add(await crowd.send(bus, system, id))

        async with asyncio.TaskGroup() as pouring:
            for id in ids * TIMES:
                pouring.create_task(send(id))
            async with asyncio.timeout(SERVED_WITHIN):
                await crowd.in_process()
        crowd.sent += ids
        async with asyncio.timeout(LATEST):
            await _answered(bus, system, sequences)


async def _answered(bus: Bus, system: str, sequences: set[int]) -> None:
    """Reads its receipts, as the partner does, until each of its messages has one."""
    js = bus.nc.jetstream(prefix=API_PREFIX)
    reading = await js.pull_subscribe_bind(system, PARTNERS.name)
    waiting = set(sequences)
    while waiting:
        try:
            messages = await reading.fetch(500, timeout=5)
        except NatsTimeout:
            continue
        for message in messages:
            if message.subject.endswith(".receipt"):
                receipt = orjson.loads(message.data)["data"]
                assert receipt["accepted"], receipt
                waiting.discard(receipt["sequence"])
            await message.ack()
