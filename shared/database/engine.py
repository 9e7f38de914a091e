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
        """`longest_statement`: seconds; one that takes longer, as where somebody holds a table's
        lock, is ended, and the database counts as away. None: as long as it takes."""
        limit = f" -c statement_timeout={longest_statement * 1000:.0f}" if longest_statement else ""
        self.engine = create_async_engine(
            "postgresql+psycopg://",
            # Half as many again for what counts or looks up beside a transaction. None is closed
            # for coming back late: making a connection costs as much as a dozen requests.
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
        self._lasting: list[LastingConnection] = []
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which each statement stands alone: single reads, counters that
        must outlive a refused request."""
        async with self._autocommit.connect() as connection:
            yield connection

    def lasting(self) -> "LastingConnection":
        """A connection that is kept, for work that goes on as long as the process."""
        lasting = LastingConnection(self._autocommit)
        self._lasting.append(lasting)
        return lasting

    async def dispose(self) -> None:
        """Close the pool; connections in use are closed when they come back."""
        for lasting in self._lasting:
            await lasting.close()
        await self.engine.dispose()


class LastingConnection:
    """One of the pool's connections, as `Database.autocommit` gives them, kept for work of which
    there is always one piece at a time. Leasing it anew each time cost more than a statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def get(self) -> AsyncConnection:
        """The connection; another one where the server has closed it."""
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
    """What this transaction asks from now on is planned for its values. A statement that a
    connection asks again and again is planned once, for any value: good where one plan is always
    the best, and bad where it is another for what is frequent than for what is rare."""
    await session.execute(_PLAN_EACH_TIME)


async def raw(session: AsyncSession | AsyncConnection) -> psycopg.AsyncConnection[Any]:
    """The psycopg connection under a session, inside the same transaction, or under an autocommit
    connection: for hot paths (COPY, pipelines, many rows)."""
    connection = await session.connection() if isinstance(session, AsyncSession) else session
    sync = connection.sync_connection
    if sync is None or sync.invalidated:
        fairy = await connection.get_raw_connection()
    else:  # nothing to wait for
        fairy = sync.connection
    return cast("psycopg.AsyncConnection[Any]", fairy.driver_connection)


def _refuse_dead(connection: Any, *_: object) -> None:
    """The pool then connects anew. A connection lying idle has nothing to say but that the server
    has gone: seen on the socket, that costs no question and answer at each use."""
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
