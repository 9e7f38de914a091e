"""Accepting reports over HTTP, beside a minimal FastAPI application that writes as many rows; and,
for orientation, beside commits of single rows by as many connections."""

import asyncio
from contextlib import AsyncExitStack

import orjson
import psycopg

from benchmarks import bare_intake
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.http import Connection
from benchmarks.measuring import (
    Once,
    Run,
    all_in_turn,
    cpu_each,
    for_some_seconds,
    metered,
    rates,
    tail,
)
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack, start

CLIENTS = (1, 8, 32)
AIMS = {1: at_least(0.8), 8: at_least(1), 32: at_least(1)}
"""What is asked at once is answered together, by ours alone."""
TAIL = at_most(10)


async def accepting(stack: Stack, size: Size) -> list[Figure]:
    """Some lines for each number of clients."""
    async with AsyncExitStack() as opened:
        connection = await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True)
        await opened.enter_async_context(connection)
        await connection.execute(_TABLE)
        await bare_intake.create_tables(connection)
        bare = bare_intake.Process(stack)
        await start(bare, opened)
        figures: list[Figure] = []
        for clients in CLIENTS:
            figures += await _with(clients, stack, bare, size)
    return figures


async def _with(clients: int, stack: Stack, bare: bare_intake.Process, size: Size) -> list[Figure]:
    async with AsyncExitStack() as opened:
        to_ours = [submitting(stack.addresses.intake_url, opened) for _ in range(clients)]
        to_bare = [submitting(bare.url, opened) for _ in range(clients)]
        inserting = await asyncio.gather(*(_inserting(stack, opened) for _ in range(clients)))

        async def run(service: int, workers: list[Once]) -> Run:
            serving = (service, stack.postgres.pid)
            return await metered(serving, for_some_seconds(size.seconds, workers))

        ours, floor, inserts = await all_in_turn(
            size.rounds,
            [
                lambda: run(stack.pid("intake"), to_ours),
                lambda: run(bare.pid, to_bare),
                lambda: for_some_seconds(size.seconds, inserting),
            ],
        )
    asking = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        rates(
            f"reports over HTTP, {asking}",
            "reports/s",
            ours,
            floor,
            "a bare FastAPI: form, as many rows",
            AIMS[clients],
        ),
        rates(
            f"the same beside INSERTs, {asking}",
            "reports/s",
            ours,
            inserts,
            "INSERT of one row, committed",
        ),
        Figure(
            name=f"computing for one, {asking}",
            unit="ms",
            ours=cpu_each(ours) * 1000,
            floor=cpu_each(floor) * 1000,
            floor_is="the bare FastAPI; with Postgres",
            score=cpu_each(ours) / cpu_each(floor),
        ),
        tail(f"its p99, {asking}", ours, TAIL),
    ]


def submitting(url: str, opened: AsyncExitStack) -> Once:
    """A client who sends one report after the other to this service."""
    connection = Connection(url)
    opened.push_async_callback(connection.close)

    async def once() -> None:
        await connection.post("/reports", report_form(), submission_headers())

    return once


async def _inserting(stack: Stack, opened: AsyncExitStack) -> Once:
    connection = await psycopg.AsyncConnection.connect(
        stack.dsn, autocommit=True, prepare_threshold=1
    )
    opened.push_async_callback(connection.close)
    body = orjson.dumps(report_form()).decode()

    async def once() -> None:
        await connection.execute("INSERT INTO floor (body) VALUES (%s)", (body,))

    return once


_TABLE = "CREATE TABLE IF NOT EXISTS floor (id bigserial PRIMARY KEY, body text NOT NULL)"
