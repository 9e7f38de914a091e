"""Requests that meet at one row: somebody holds it until all of them wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg


@asynccontextmanager
async def held(owner: str, statement: str, *parameters: Any) -> AsyncIterator[None]:
    """Somebody else's transaction that began with this statement, not ended yet."""
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        await connection.execute(statement.encode(), parameters)
        yield


async def all_wait(owner: str, count: int) -> None:
    """Returns once so many connections to this database wait for a lock; `TimeoutError` after
    30 s."""
    async with (
        asyncio.timeout(30),
        await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection,
    ):
        while True:
            row = await (await connection.execute(_WAITING)).fetchone()
            if row is not None and row[0] >= count:
                return
            await asyncio.sleep(0.02)


_WAITING = (
    b"SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
    b" WHERE NOT l.granted AND a.datname = current_database()"
)
