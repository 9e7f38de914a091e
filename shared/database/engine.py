"""Postgres: one pool per process, one transaction per piece of work."""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import orjson
import psycopg
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared.database.address import connection_arguments


class Database:
    """A pool of connections to one database, under one role.

    Nothing is connected before the first use. Statements that repeat are prepared by the
    server; times come back as UTC; parameters never appear in error messages or logs.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        application: str = "lapor",
        longest_statement: float | None = None,
    ) -> None:
        """`longest_statement` is in seconds.

        A statement that takes longer, for example because a table is locked, is ended, and the
        database counts as away. None: no limit.
        """
        limit = f" -c statement_timeout={longest_statement * 1000:.0f}" if longest_statement else ""
        self.engine = create_async_engine(
            "postgresql+psycopg://",
            # Half as many again for counts and look-ups beside a transaction. They stay open when
            # they come back: making a connection costs as much as a dozen requests.
            pool_size=pool_size + pool_size // 2,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,  # few connections stay busy, and know their statements
            hide_parameters=True,
            json_serializer=_dump_json,
            json_deserializer=orjson.loads,
            connect_args={
                **connection_arguments(url, application),
                "options": f"-c timezone=UTC{limit}",
                "prepare_threshold": 3,
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_dead)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._kept_connections: list[KeptConnection] = []
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """A connection that commits each statement by itself.

        For single reads, and counters that must survive a refused request.
        """
        async with self._autocommit.connect() as connection:
            yield connection

    def kept_connection(self) -> "KeptConnection":
        """A connection that is kept, for work that lasts as long as the process."""
        kept = KeptConnection(self._autocommit)
        self._kept_connections.append(kept)
        return kept

    async def dispose(self) -> None:
        """Close the pool; connections in use are closed when they come back."""
        for kept in self._kept_connections:
            await kept.close()
        await self.engine.dispose()


class KeptConnection:
    """A connection of the pool that is kept for work done one piece at a time.

    It behaves like that of `Database.autocommit`. Leasing one each time costs more than a
    statement.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def get(self) -> AsyncConnection:
        """The connection; a new one if the server has closed it."""
        if self._connection is not None and _is_dead(self._connection):
            await self._connection.invalidate()
            await self.close()
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def close(self) -> None:
        """Give it back to the pool."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()


def _is_dead(connection: AsyncConnection) -> bool:
    sync = connection.sync_connection
    return sync is None or sync.invalidated or _is_closed(sync.connection.driver_connection)


async def plan_each_time(session: AsyncSession) -> None:
    """Plan the further statements of this transaction for their values.

    Postgres plans a repeated statement once for any value. That is good if one plan is always best,
    and bad if frequent and rare values need different plans.
    """
    await session.execute(_PLAN_EACH_TIME)


async def raw(session: AsyncSession | AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The psycopg connection under a session, in the same transaction.

    Also that under an autocommit connection. For hot paths (COPY, pipelines, many rows).
    """
    connection = await session.connection() if isinstance(session, AsyncSession) else session
    sync = connection.sync_connection
    if sync is None or sync.invalidated:
        fairy = await connection.get_raw_connection()
    else:  # nothing to wait for
        fairy = sync.connection
    return cast("psycopg.AsyncConnection[Any]", fairy.driver_connection)


def _refuse_dead(connection: Any, *_: object) -> None:
    """Make the pool connect anew if the server has closed the connection.

    An idle connection receives nothing unless the server has gone. Looking at the socket saves a
    query at each use.
    """
    if _is_closed(connection.driver_connection):
        raise DisconnectionError("the server has closed this connection")


def _is_closed(driver: Any) -> bool:
    return driver.closed or _has_something_to_read(driver.fileno())


def _has_something_to_read(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


_PLAN_EACH_TIME = text("SET LOCAL plan_cache_mode = force_custom_plan")


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()
