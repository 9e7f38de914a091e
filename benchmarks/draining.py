"""Draining partners' messages from the stream, beside a bare consumer that writes as many rows."""

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks import bare_consumer
from benchmarks.bare_consumer import BATCH, LANES
from benchmarks.figures import Figure, at_least
from benchmarks.measuring import Run, in_turn, rate, rates
from benchmarks.part import Size
from benchmarks.reports import report_form
from benchmarks.stack import Stack
from shared.bus.cloudevents import encode, event
from shared.bus.connection import Bus, connect
from shared.bus.streams import INTAKE

AIM = at_least(0.9)
SYSTEM = "bench"


async def draining(stack: Stack, size: Size) -> list[Figure]:
    """How fast a backlog of messages becomes reports with receipts, by one intake and by two."""
    messages, rounds = size.of(2000, 600, BATCH * LANES), size.rounds
    async with AsyncExitStack() as opened:
        bus = await connect(stack.settings("lapor_intake").nats_url, "bench", patience=10)
        opened.push_async_callback(bus.close)
        connections = [
            await opened.enter_async_context(
                await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True)
            )
            for _ in range(LANES)
        ]
        await connections[0].execute(_PARTNER, (SYSTEM,))
        await bare_consumer.prepare(bus, connections[0])

        async def bare() -> Run:
            await _publish(bus, bare_consumer.SUBJECT, messages)
            begun = time.perf_counter()
            await bare_consumer.drain(bus, connections)
            return Run([0.0] * messages, time.perf_counter() - begun)

        ours, floor = await in_turn(rounds, lambda: _drain(bus, messages), bare)
        await stack.start_another("intake")
        by_two = [await _drain(bus, messages) for _ in range(rounds + 1)][1:]
    one, two = rate(ours), rate(by_two)
    return [
        rates(
            "partner messages made reports",
            "messages/s",
            ours,
            floor,
            "a bare consumer: form, as many rows",
            AIM,
        ),
        Figure("by two intakes", "messages/s", two, two / one, one, "one intake"),
    ]


async def _drain(bus: Bus, messages: int) -> Run:
    """Let messages gather while the consumer is paused; then time it from the first batch that
    is done (resuming takes its time) to the last ack."""
    far = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await bus.js.pause_consumer(INTAKE.stream, INTAKE.name, far)
    await _publish(bus, f"lapor.v1.ingest.{SYSTEM}.report", messages)
    await bus.js.resume_consumer(INTAKE.stream, INTAKE.name)
    while (there := await _left(bus)) == messages:
        await asyncio.sleep(0.005)
    begun = time.perf_counter()
    while await _left(bus):
        await asyncio.sleep(0.005)
    return Run([0.0] * there, time.perf_counter() - begun)


async def _left(bus: Bus) -> int:
    return (await bus.js.stream_info(INTAKE.stream)).state.messages


async def _publish(bus: Bus, subject: str, messages: int) -> None:
    async def one(message: tuple[str, dict[str, str], bytes]) -> None:
        id, headers, body = message
        await bus.publish(subject, body, msg_id=f"{SYSTEM}-{id}", headers=headers)

    waiting = [_message() for _ in range(messages)]
    for first in range(0, messages, BATCH):
        await asyncio.gather(*(one(message) for message in waiting[first : first + BATCH]))


def _message() -> tuple[str, dict[str, str], bytes]:
    id = str(uuid.uuid4())
    message = event("id.go.lapor.report", f"/{SYSTEM}", {**report_form(), "external_id": id}, id=id)
    return (id, *encode(message))


_PARTNER = """
INSERT INTO intake.partner (system, name, nkey_public, http_token_hash, created_at)
VALUES (%s, 'Bench', '', '', now())
"""
