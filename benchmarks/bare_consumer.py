"""The least that draining partners' messages can be: read, check, write in batches, acknowledge."""

import asyncio
from collections.abc import Sequence

import orjson
import psycopg
from nats.aio.msg import Msg
from nats.js import api

from services.intake.partners.report import PartnerReport
from shared.bus.connection import Bus
from shared.bus.pull import Pull
from shared.bus.streams import Durable

STREAM, SUBJECT = "BENCH", "bench"
BATCH, LANES = 100, 2
"""As intake reads."""
TABLES = ("submission", "report_text", "history", "event", "receipt")
"""Beside the report's own: as many rows as a partner's report has, each with its form as text."""


async def prepare(bus: Bus, connection: psycopg.AsyncConnection) -> None:
    """Tables, and a stream and consumer like those of partners' reports, which nobody else reads.
    `connection` commits each statement."""
    await bus.js.add_stream(
        api.StreamConfig(name=STREAM, subjects=[SUBJECT], retention=api.RetentionPolicy.WORK_QUEUE)
    )
    await bus.js.add_consumer(
        STREAM, api.ConsumerConfig(durable_name=STREAM, ack_policy=api.AckPolicy.EXPLICIT)
    )
    await connection.execute("CREATE SCHEMA consumer")
    await connection.execute(
        "CREATE TABLE consumer.report (number bigserial PRIMARY KEY, body text NOT NULL)"
    )
    for table in TABLES:
        await connection.execute(
            f"CREATE TABLE consumer.{table} (number bigint PRIMARY KEY, body text NOT NULL)"
        )


async def drain(bus: Bus, connections: Sequence[psycopg.AsyncConnection]) -> None:
    """All that is in the stream, on each connection a batch at a time."""
    await asyncio.gather(*(_lane(bus, connection) for connection in connections))


async def _lane(bus: Bus, connection: psycopg.AsyncConnection) -> None:
    pull = await Pull.open(bus, Durable(STREAM, STREAM, (SUBJECT,), max_deliver=-1))
    while messages := await pull.messages(BATCH, 0.1):
        bodies = [_form(message).model_dump_json() for message in messages]
        async with connection.transaction(), connection.cursor() as cursor:
            numbered = await (await cursor.execute(_NUMBERS, (len(bodies),))).fetchall()
            rows = [(number, body) for (number,), body in zip(numbered, bodies, strict=True)]
            for table in ("report", *TABLES):
                await cursor.executemany(_INSERTS[table], rows)
        for message in messages:
            await message.ack()
    await pull.close()


def _form(message: Msg) -> PartnerReport:
    """Checked like ours: strictly, as JSON."""
    data = orjson.dumps(orjson.loads(message.data)["data"])
    return PartnerReport.model_validate_json(data, strict=True)


_NUMBERS = """
SELECT nextval('consumer.report_number_seq') FROM generate_series(1, %s)
"""
_INSERTS = {
    table: f"INSERT INTO consumer.{table} (number, body) VALUES (%s, %s)"  # noqa: S608
    for table in ("report", *TABLES)
}
