"""Postgres dies in the middle of a request: 503 whatever the statement went through, never 500."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from fastapi import APIRouter
from sqlalchemy import text

from shared.batcher import Batcher
from shared.database.engine import Database, raw
from shared.resilience.away import DATABASE_AWAY
from tests.http.conftest import Calling

_DIE = "SELECT pg_terminate_backend(pg_backend_pid())"
_TOO_LONG = "SET LOCAL statement_timeout = '20ms'"

Way = Callable[[Database], Awaitable[None]]


async def _in_a_session(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text(_DIE))


async def _in_autocommit(database: Database) -> None:
    async with database.autocommit() as connection:
        await connection.execute(text(_DIE))


async def _under_the_driver(database: Database) -> None:
    async with database.session() as session:
        await (await raw(session)).execute(_DIE)


async def _under_the_driver_without_a_transaction(database: Database) -> None:
    async with database.autocommit() as connection:
        await (await raw(connection)).execute(_DIE)


async def _before_a_second_statement(database: Database) -> None:
    async with database.session() as session:
        with contextlib.suppress(*DATABASE_AWAY):
            await session.execute(text(_DIE))
        await session.execute(text("SELECT 1"))


async def _before_a_second_statement_under_the_driver(database: Database) -> None:
    async with database.session() as session:
        connection = await raw(session)
        with contextlib.suppress(psycopg.Error):
            await connection.execute(_DIE)
        await connection.execute("SELECT 1")


async def _before_the_commit(database: Database) -> None:
    async with database.session() as session:
        connection = await raw(session)
        await connection.execute("INSERT INTO intake.note (words) VALUES ('x')")
        await connection.close()


async def _while_rows_are_copied(database: Database) -> None:
    async with database.session() as session:
        connection = await raw(session)
        async with connection.cursor() as cursor, cursor.copy("COPY (SELECT 1) TO STDOUT") as copy:
            await connection.close()
            await copy.read()


async def _takes_too_long(database: Database) -> None:
    async with database.session() as session:
        connection = await raw(session)
        await connection.execute(_TOO_LONG)
        await connection.execute("SELECT pg_sleep(10)")


async def _asked_together(database: Database) -> None:
    async def together(asked: Any) -> Any:
        async with database.autocommit() as connection:
            await (await raw(connection)).execute(_DIE)

    await Batcher(together).ask(1)


WAYS: tuple[Way, ...] = (
    _in_a_session,
    _in_autocommit,
    _under_the_driver,
    _under_the_driver_without_a_transaction,
    _before_a_second_statement,
    _before_a_second_statement_under_the_driver,
    _before_the_commit,
    _while_rows_are_copied,
    _takes_too_long,
    _asked_together,
)


@pytest.mark.parametrize("way", WAYS)
async def test_a_database_that_dies_in_a_request_is_passing_trouble(
    way: Way, calling: Calling, database: Database
) -> None:
    router = APIRouter()

    @router.get("/note")
    async def note() -> dict[str, str]:
        await way(database)
        return {}

    async with calling(router) as client:
        answer = await client.get("/note")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
