"""A primary and its standby alone: whatever was answered as written is there after the change."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy.cluster.layout import POSTGRES
from deploy.cluster.postgres_node import PostgresNode, primary_of
from deploy.cluster.promote import node_of, promote
from deploy.credentials import load_or_create
from deploy.errors import StackError
from deploy.local.ports import free_port
from shared.database.engine import Database
from shared.settings import Addresses
from tests.deadlines import READY_WITHIN


@pytest.fixture
def addresses(tmp_path: Path) -> Addresses:
    servers = ",".join(f"127.0.0.1:{free_port()}" for _ in POSTGRES)
    return Addresses(data_dir=tmp_path / "two", postgres_servers=servers)


async def test_the_standby_takes_over_from_a_killed_primary_and_what_was_answered_is_there(
    addresses: Addresses,
) -> None:
    password = load_or_create(addresses.data_dir).postgres
    url = f"postgresql+psycopg://postgres:{password}@{addresses.postgres_servers}/postgres"
    database = Database(url, pool_size=2)
    async with _two(addresses) as (first, second):
        await _write(database, "CREATE TABLE written (number int PRIMARY KEY)")
        async with _writing(database) as written:
            await _until(lambda: len(written) > 20)
            assert await promote(addresses, print, kill=True) == second.name
            before = len(written)
            # No commit is answered until the former primary follows.
            await _start(first)
            await _until(lambda: len(written) > before + 20)
        async with database.session() as session:
            rows = set(await session.scalars(text("SELECT number FROM written")))
        assert written <= rows
        assert primary_of(addresses.data_dir) == "postgres-2"
        assert second.sync_state() == "quorum"
    await database.dispose()


async def test_nobody_is_promoted_without_a_standby_that_follows(addresses: Addresses) -> None:
    async with _two(addresses) as (first, second):
        await second.stop()
        with pytest.raises(StackError, match="does not run"):
            await promote(addresses, print)
        assert primary_of(addresses.data_dir) == first.name
        assert first.alive


@asynccontextmanager
async def _two(addresses: Addresses) -> AsyncIterator[tuple[PostgresNode, PostgresNode]]:
    password = load_or_create(addresses.data_dir).postgres
    first, second = (node_of(addresses, name, password, synchronous=True) for name in POSTGRES)
    try:
        for node in (first, second):
            await _start(node)
        await _until(lambda: first.sync_state() is not None)
        yield first, second
    finally:
        await asyncio.gather(first.stop(), second.stop())


async def _start(node: PostgresNode) -> None:
    if node.process is not None:
        await node.stop()
    await node.prepare()
    node.start()
    await node.wait_ready(READY_WITHIN)


@asynccontextmanager
async def _writing(database: Database) -> AsyncIterator[set[int]]:
    """Rows one after the other while the block runs; the numbers of those that were answered."""
    written, numbers, over = set[int](), count(1), asyncio.Event()

    async def write() -> None:
        for number in numbers:
            if over.is_set():
                return
            try:
                await _write(database, f"INSERT INTO written VALUES ({number})")  # noqa: S608
            except (DBAPIError, TimeoutError):
                await asyncio.sleep(0.05)  # whoever asked asks again
            else:
                written.add(number)

    writing = asyncio.create_task(write())
    try:
        yield written
    finally:
        over.set()
        await writing


async def _write(database: Database, statement: str) -> None:
    async with database.session() as session:
        await session.execute(text(statement))


async def _until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(READY_WITHIN):
        while not await asyncio.to_thread(what):
            await asyncio.sleep(0.02)
