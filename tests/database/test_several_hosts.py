"""An address that names a primary and its standbys: whichever is the primary is used."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from deploy.local.ports import free_port
from deploy.migrations import configuration
from services.reporting.files.reading import snapshot
from shared.database.address import connection_arguments
from shared.database.engine import Database
from shared.process import reached
from shared.settings import Settings
from tests.conftest import UrlOf


def beside(url: str, *others: int) -> str:
    """The address with servers at these ports before it."""
    return url.replace("@", "@" + "".join(f"127.0.0.1:{port}," for port in others), 1)


async def test_everybody_passes_by_a_server_that_is_away(database_url: UrlOf) -> None:
    url = beside(database_url("lapor_owner"), free_port())
    database = Database(url)
    async with database.session() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await database.dispose()
    await reached(Settings(database_url=url), "postgres")["postgres"]()
    await asyncio.to_thread(command.current, configuration(url))
    with snapshot(url) as connection:
        connection.execute("SELECT 1")


async def test_a_server_that_accepts_and_is_silent_keeps_nobody(database_url: UrlOf) -> None:
    async with _silent() as port:
        address = beside(database_url("lapor_owner"), port).replace("=120", "=2")
        database = Database(address)
        async with asyncio.timeout(30), database.session() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await database.dispose()


def test_of_several_servers_only_one_that_can_be_written_is_used() -> None:
    several = connection_arguments("postgresql+psycopg://r:p%40@a:1,b:2/lapor", "lapor-relay")
    assert (several["host"], several["port"], several["password"]) == ("a,b", "1,2", "p@")
    assert several["target_session_attrs"] == "read-write"
    assert several["application_name"] == "lapor-relay"
    assert "target_session_attrs" not in connection_arguments("postgresql+psycopg://a/lapor", "x")
    chosen = connection_arguments("postgresql+psycopg://a,b/lapor?target_session_attrs=any", "x")
    assert chosen["target_session_attrs"] == "any"


def test_what_is_no_address_is_said_without_its_password() -> None:
    with pytest.raises(psycopg.ProgrammingError) as refused:
        connection_arguments("postgresql+psycopg://r:verysecret@a:1:2:b/lapor?nothing=1", "x")
    assert "verysecret" not in str(refused.value)


@asynccontextmanager
async def _silent() -> AsyncIterator[int]:
    """A port where somebody accepts and says nothing, as a server that is frozen."""
    over = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
