"""Accepting reports over HTTP, beside commits of single rows by as many connections."""

import asyncio
from contextlib import AsyncExitStack

import orjson
import psycopg

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.http import Connection
from benchmarks.measuring import Once, for_some_seconds, in_turn, quantile, rate, ratio
from benchmarks.part import Size
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack

CLIENTS = (1, 8, 32)
AIM, TAIL = at_least(0.3), at_most(10)


async def accepting(stack: Stack, size: Size) -> list[Figure]:
    """One line for each number of clients."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        await connection.execute(_TABLE)
    figures: list[Figure] = []
    for clients in CLIENTS:
        figures += await _with(clients, stack, size)
    return figures


async def _with(clients: int, stack: Stack, size: Size) -> list[Figure]:
    async with AsyncExitStack() as opened:
        submitting = [_submitting(stack, opened) for _ in range(clients)]
        opening = (_inserting(stack, opened) for _ in range(clients))
        inserting = await asyncio.gather(*opening)
        ours, floor = await in_turn(
            size.rounds,
            lambda: for_some_seconds(size.seconds, submitting),
            lambda: for_some_seconds(size.seconds, inserting),
        )
    p50, p99 = quantile(ours, 0.5) * 1000, quantile(ours, 0.99) * 1000
    asking = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        Figure(
            name=f"reports over HTTP, {asking}",
            unit="reports/s",
            ours=rate(ours),
            floor=rate(floor),
            floor_is="INSERT of one row, committed",
            score=ratio(ours, floor),
            aim=AIM,
        ),
        Figure(
            name=f"its p99, {asking}",
            unit="ms",
            ours=p99,
            floor=p50,
            floor_is="the p50",
            score=p99 / p50,
            aim=TAIL,
        ),
    ]


def _submitting(stack: Stack, opened: AsyncExitStack) -> Once:
    connection = Connection(stack.addresses.intake_url)
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
