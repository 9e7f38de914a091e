"""`python -m benchmarks.loading.load [--finish] [--lanes N] REPORTS FOLDER`: load so many reports
into a stack of its own in a folder, newest first, with progress. Interrupted, it goes on where it
was; with `--finish` it makes do with those that are there. Each lane takes a core: beside other
work one, under `nice`. The bench then measures there: LAPOR_BENCH_DATA=FOLDER."""

import argparse
import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.loading import rows
from benchmarks.loading.tree import plant
from benchmarks.loading.words import sentences
from benchmarks.run import say
from benchmarks.stack import Stack, running

BYTES = 6_000
"""Of disk that a report needs while it is loaded: rows, indexes, and what Postgres writes ahead."""
SLICE = 20_000
LANES = 2
TOP = 10_000_000
"""The newest report's number: those that are accepted later follow it."""
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "1GB",
    "autovacuum": "off",
}
"""While loading only: the folder is of no use after a power cut, and is then loaded anew."""
_SESSION = {
    "session_replication_role": "replica",
    "synchronous_commit": "off",
    "work_mem": "'256MB'",
    "jit": "off",
}


class NoRoom(Exception):
    """The disk is too small for so many reports."""


def look_at_disk(folder: Path, reports: int) -> None:
    """Raises NoRoom before anything is written."""
    folder.mkdir(parents=True, exist_ok=True)
    loaded = folder / "postgres"
    there = sum(file.stat().st_size for file in loaded.rglob("*") if file.is_file())
    needed = reports * BYTES - there
    if (free := shutil.disk_usage(folder).free) < needed:
        raise NoRoom(
            f"{reports:,} reports need {needed / 1e9:.0f} GB more in {folder}; {free / 1e9:.0f} GB"
            " are free"
        )


async def load(
    stack: Stack,
    reports: int,
    tell: Callable[[str], None],
    *,
    finish: bool = False,
    lanes: int = LANES,
    planting: Callable[[psycopg.AsyncConnection], Awaitable[None]] = plant,
) -> None:
    """What is not there yet of so many reports, then indexes and counts; `finish`: of those that
    are there. `planting` makes the agencies."""
    with stack.postgres.administer("lapor") as administrator:
        administrator.execute(_PREPARED)
    async with AsyncExitStack() as opened:
        connections = [await opened_as_administrator(stack, opened) for _ in range(lanes)]
        await planting(connections[0])
        await _lay_words(connections[0])
        done = {first for (first,) in await (await connections[0].execute(_DONE)).fetchall()}
        firsts = range(TOP - reports + 1, TOP + 1, SLICE)
        missing = [] if finish else [first for first in reversed(firsts) if first not in done]
        if missing:
            await connections[0].execute(_NO_INDEXES)
            await connections[0].execute(_SEARCH_WRITTEN)
        begun, left = time.monotonic(), iter(missing)
        finished = 0

        async def lane(connection: psycopg.AsyncConnection) -> None:
            nonlocal finished
            for first in left:
                await _slice(connection, first, min(first + SLICE - 1, TOP), reports)
                finished += 1
                pace = (time.monotonic() - begun) / finished
                remaining = pace * (len(missing) - finished) / 60
                loaded = reports - (len(missing) - finished) * SLICE
                tell(f"{loaded:,} of {reports:,} reports; some {remaining:.0f} minutes more")

        await asyncio.gather(*(lane(connection) for connection in connections))
        await _finish(connections[0], tell)


async def opened_as_administrator(stack: Stack, opened: AsyncExitStack) -> psycopg.AsyncConnection:
    """As the superuser: without checks of what other tables hold, and without triggers."""
    addresses, password = stack.addresses, stack.credentials.postgres
    connection = await psycopg.AsyncConnection.connect(
        host="127.0.0.1",
        port=addresses.postgres_port,
        user="postgres",
        password=password,
        dbname="lapor",
        autocommit=True,
    )
    opened.push_async_callback(connection.close)
    for name, value in _SESSION.items():
        await connection.execute(f"SET {name} = {value}".encode())
    return connection


async def _lay_words(connection: psycopg.AsyncConnection) -> None:
    [(there,)] = await (await connection.execute("SELECT count(*) FROM bench.sentence")).fetchall()
    if there:
        return
    async with connection.cursor() as cursor, cursor.copy(_SENTENCES) as copy:
        for id, words in enumerate(sentences()):
            await copy.write_row((id, words))
    await connection.execute("ANALYZE bench.sentence")


async def _slice(connection: psycopg.AsyncConnection, first: int, last: int, reports: int) -> None:
    """One range of numbers, and that it is done, in one transaction."""
    numbers = {
        "first": first,
        "last": last,
        "top": TOP,
        "reports": reports,
        "now": datetime.now(UTC),
    }
    async with connection.transaction():
        await connection.execute(rows.DRAWN, numbers)
        await connection.execute("ANALYZE drawn")
        for statement in (rows.REPORTS, rows.TEXTS, rows.HISTORY):
            await connection.execute(statement.encode())
        await connection.execute("INSERT INTO bench.slice (first) VALUES (%s)", (first,))


async def _finish(connection: psycopg.AsyncConnection, tell: Callable[[str], None]) -> None:
    dropped = await (await connection.execute(_DROPPED)).fetchall()
    if not dropped:
        return
    await connection.execute(_SEARCH_GENERATED)
    for name, definition in dropped:
        tell(f"index {name}")
        async with connection.transaction():
            await connection.execute(definition.encode())
            await connection.execute("DELETE FROM bench.dropped WHERE name = %s", (name,))
    tell("counts of tabs")
    async with connection.transaction():
        await connection.execute(COUNTS)
    for table in rows.TABLES:
        tell(f"vacuum {table}")
        await connection.execute(f"VACUUM ANALYZE lifecycle.{table}".encode())
    await connection.execute("CHECKPOINT")


async def _main(reports: int, folder: Path, *, finish: bool, lanes: int) -> None:
    if not finish:
        look_at_disk(folder, reports)
    async with running([], folder=folder, postgres=FAST) as stack:
        await load(stack, reports, say, finish=finish, lanes=lanes)
    os.sync()  # what Postgres was told not to wait for
    say("loaded")


_PREPARED = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.sentence (
    id integer PRIMARY KEY, words text NOT NULL,
    heading text GENERATED ALWAYS AS (left(words, 60)) STORED,
    found tsvector GENERATED ALWAYS AS (to_tsvector('indonesian', words)) STORED,
    heading_found tsvector GENERATED ALWAYS AS (to_tsvector('indonesian', left(words, 60))) STORED
);
CREATE TABLE IF NOT EXISTS bench.slice (first bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS bench.dropped (name text PRIMARY KEY, definition text NOT NULL);
"""
_SENTENCES = "COPY bench.sentence (id, words) FROM STDIN"
_DONE = "SELECT first FROM bench.slice"
_DROPPED = "SELECT name, definition FROM bench.dropped ORDER BY name"
# Indexes made after the rows: many times faster. Which there were outlives an interruption.
_NO_INDEXES = """
DO $$ DECLARE index_ record; BEGIN
  FOR index_ IN
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'lifecycle' AND tablename IN ('report', 'report_text', 'history')
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
  LOOP
    INSERT INTO bench.dropped VALUES (index_.indexname, index_.indexdef) ON CONFLICT DO NOTHING;
    EXECUTE format('DROP INDEX lifecycle.%I', index_.indexname);
  END LOOP;
END $$
"""
# The column is generated; Postgres has no statement that lets somebody write it for a while.
_SEARCH_WRITTEN, _SEARCH_GENERATED = (
    f"UPDATE pg_attribute SET attgenerated = '{kind}'"  # noqa: S608
    " WHERE attrelid = 'lifecycle.report_text'::regclass AND attname = 'search'"
    for kind in ("", "s")
)
COUNTS = """
TRUNCATE lifecycle.tab_count, lifecycle.tab_change;
INSERT INTO lifecycle.tab_count (agency_id, given, tab, reports)
SELECT handler_id, false, tab, count(*) FROM lifecycle.report GROUP BY handler_id, tab
UNION ALL
SELECT giver, true, tab, count(*) FROM lifecycle.report, unnest(trim_array(chain, 1)) giver
GROUP BY giver, tab
"""


if __name__ == "__main__":
    reading = argparse.ArgumentParser(prog="python -m benchmarks.loading.load", description=__doc__)
    reading.add_argument("--finish", action="store_true", help="no more reports, but their indexes")
    reading.add_argument("--lanes", type=int, default=LANES, help="at the same time")
    reading.add_argument("reports", type=int)
    reading.add_argument("folder", type=Path)
    asked = reading.parse_args()
    asyncio.run(_main(asked.reports, asked.folder, finish=asked.finish, lanes=asked.lanes))
