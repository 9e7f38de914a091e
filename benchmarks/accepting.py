"""Accepting reports over HTTP, beside commits of single rows by as many connections."""

import asyncio
from contextlib import AsyncExitStack

import orjson
import psycopg

from benchmarks.http import Connection
from benchmarks.measuring import Figure, Once, for_some_seconds, in_turn, quantile, rate, ratio
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack

CLIENTS = (1, 8, 32)
AIM, TAIL = 0.3, 10


async def accepting(stack: Stack, rounds: int, seconds: float) -> list[Figure]:
    """One line for each number of clients."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        await connection.execute(_TABLE)
    figures: list[Figure] = []
    for clients in CLIENTS:
        figures += await _with(clients, stack, rounds, seconds)
    return figures


async def _with(clients: int, stack: Stack, rounds: int, seconds: float) -> list[Figure]:
    async with AsyncExitStack() as opened:
        submitting = [_submitting(stack, opened) for _ in range(clients)]
        opening = (_inserting(stack, opened) for _ in range(clients))
        inserting = await asyncio.gather(*opening)
        ours, floor = await in_turn(
            rounds,
            lambda: for_some_seconds(seconds, submitting),
            lambda: for_some_seconds(seconds, inserting),
        )
    score = ratio(ours, floor)
    p50, p99 = quantile(ours, 0.5) * 1000, quantile(ours, 0.99) * 1000
    what = f"reports over HTTP, {clients} client{'s' if clients > 1 else ''}"
    return [
        Figure(
            "accepting",
            what,
            "reports/s",
            rate(ours),
            rate(floor),
            f"{score:.2f}",
            f"≥ {AIM}",
            score >= AIM,
            "INSERT of one row, committed",
        ),
        Figure(
            "accepting",
            f"its p99, {clients} client{'s' if clients > 1 else ''}",
            "ms",
            p99,
            p50,
            f"{p99 / p50:.1f} x p50",
            f"< {TAIL} x",
            p99 < TAIL * p50,
            "the p50",
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
