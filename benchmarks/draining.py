"""Draining partners' messages from the stream, beside inserts of as many rows in like batches."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import orjson
import psycopg
from nats.js import api

from benchmarks.figures import Figure, at_least
from benchmarks.measuring import Run, in_turn, rates
from benchmarks.part import Size
from benchmarks.reports import report_form
from benchmarks.stack import Stack
from shared.bus.cloudevents import encode, event
from shared.bus.connection import Bus, connect
from shared.bus.pull import Pull
from shared.bus.streams import INTAKE, Durable

AIM = at_least(0.3)
BATCH, LANES = 100, 2
"""As intake reads."""
SYSTEM = "bench"
BARE, BARE_SUBJECT = "BENCH", "bench"


async def draining(stack: Stack, size: Size) -> list[Figure]:
    """How fast a backlog of messages becomes reports with receipts."""
    messages, rounds = size.of(1000, 400, BATCH * LANES), size.rounds
    async with AsyncExitStack() as opened:
        bus = await connect(stack.settings("lapor_intake").nats_url, "bench", patience=10)
        opened.push_async_callback(bus.close)
        connections = [
            await opened.enter_async_context(await psycopg.AsyncConnection.connect(stack.dsn))
            for _ in range(LANES)
        ]
        await connections[0].execute(_PARTNER, (SYSTEM,))
        await connections[0].execute(_TABLE)
        await connections[0].commit()
        await _declare_bare(bus)
        reports, inserts = await in_turn(
            rounds, lambda: _drain(bus, messages), lambda: _insert(connections, messages)
        )
        acks, more_inserts = await in_turn(
            rounds, lambda: _read_and_ack(bus, messages), lambda: _insert(connections, messages)
        )
    return [
        rates(
            "partner messages made reports",
            "messages/s",
            reports,
            inserts,
            f"INSERT of the bodies, {BATCH} a commit",
            AIM,
        ),
        rates(
            "messages only read and acknowledged",
            "messages/s",
            acks,
            more_inserts,
            "the same; what the stream allows",
        ),
    ]


async def _drain(bus: Bus, messages: int) -> Run:
    """Let messages gather while the consumer is paused; then time it from the first batch that
    is done (resuming takes its time) to the last ack."""
    far = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await bus.js.pause_consumer(INTAKE.stream, INTAKE.name, far)
    await _publish(bus, f"lapor.v1.ingest.{SYSTEM}.report", messages)
    await bus.js.resume_consumer(INTAKE.stream, INTAKE.name)
    while (there := await _left(bus, INTAKE.stream)) == messages:
        await asyncio.sleep(0.005)
    begun = time.perf_counter()
    while await _left(bus, INTAKE.stream):
        await asyncio.sleep(0.02)
    return Run([0.0] * there, time.perf_counter() - begun)


async def _read_and_ack(bus: Bus, messages: int) -> Run:
    await _publish(bus, BARE_SUBJECT, messages)
    begun = time.perf_counter()
    await asyncio.gather(*(_acknowledging(bus) for _ in range(LANES)))
    while await _left(bus, BARE):
        await asyncio.sleep(0.02)
    return Run([0.0] * messages, time.perf_counter() - begun)


async def _acknowledging(bus: Bus) -> None:
    pull = await Pull.open(bus, Durable(BARE, BARE, (BARE_SUBJECT,), max_deliver=-1))
    while messages := await pull.messages(BATCH, 0.1):
        for message in messages:
            await message.ack()
    await pull.close()


async def _left(bus: Bus, stream: str) -> int:
    return (await bus.js.stream_info(stream)).state.messages


async def _declare_bare(bus: Bus) -> None:
    """A stream and consumer like those of partners' reports, which nobody else reads."""
    await bus.js.add_stream(
        api.StreamConfig(
            name=BARE, subjects=[BARE_SUBJECT], retention=api.RetentionPolicy.WORK_QUEUE
        )
    )
    await bus.js.add_consumer(
        BARE, api.ConsumerConfig(durable_name=BARE, ack_policy=api.AckPolicy.EXPLICIT)
    )


async def _publish(bus: Bus, subject: str, messages: int) -> None:
    async def one(message: tuple[str, dict[str, str], bytes]) -> None:
        id, headers, body = message
        await bus.publish(subject, body, msg_id=f"{SYSTEM}-{id}", headers=headers)

    waiting = [_message() for _ in range(messages)]
    for first in range(0, messages, BATCH):
        await asyncio.gather(*(one(message) for message in waiting[first : first + BATCH]))


def _message() -> tuple[str, dict[str, str], bytes]:
    id = str(uuid.uuid4())
    told = event("id.go.lapor.report", f"/{SYSTEM}", {**report_form(), "external_id": id}, id=id)
    return (id, *encode(told))


async def _insert(connections: Sequence[psycopg.AsyncConnection], messages: int) -> Run:
    body = orjson.dumps(report_form()).decode()
    begun = time.perf_counter()

    async def lane(connection: psycopg.AsyncConnection) -> None:
        for _ in range(messages // BATCH // len(connections)):
            async with connection.transaction(), connection.cursor() as cursor:
                await cursor.executemany("INSERT INTO floor (body) VALUES (%s)", [(body,)] * BATCH)

    await asyncio.gather(*(lane(connection) for connection in connections))
    return Run([0.0] * messages, time.perf_counter() - begun)


_PARTNER = """
INSERT INTO intake.partner (system, name, nkey_public, http_token_hash, created_at)
VALUES (%s, 'Bench', '', '', now())
"""
_TABLE = "CREATE TABLE IF NOT EXISTS floor (id bigserial PRIMARY KEY, body text NOT NULL)"
