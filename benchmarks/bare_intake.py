"""The least that accepting a report over HTTP can be: a minimal FastAPI application.

`python -m benchmarks.bare_intake DSN PORT` serves it: one process, httptools, uvloop. It checks the
same form, and writes as many rows as a report has, in one transaction through a pool. It knows no
limits, repeats, look-ups, deadlines, encryption, traces or logs.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import uvicorn
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from benchmarks.stack import Stack
from deploy.local.child import Child, first_line
from deploy.local.ports import free_port
from services.intake.submission_form import SubmissionForm

POOL = 15
"""As many connections as intake has."""
TABLES = ("submission", "report_text", "history", "outbox")
"""Beside the report's own: as many rows as acceptance writes, each here with its form as text."""


class Process(Child):
    """The application as a process beside a stack, in its database."""

    def __init__(self, stack: Stack) -> None:
        self._port = free_port()
        self.url = f"http://{_HOST}:{self._port}"
        command = [sys.executable, "-m", "benchmarks.bare_intake", stack.dsn, str(self._port)]
        super().__init__("bare-intake", stack.addresses.data_dir, command)

    async def is_ready(self) -> bool:
        request = f"GET / HTTP/1.0\r\nHost: {_HOST}\r\n\r\n".encode()
        return self.alive and b"404" in await first_line(_HOST, self._port, request)


class Answer(BaseModel):
    """What the sender is told."""

    number: int


def make_app(dsn: str) -> FastAPI:
    """The application over this database."""
    pool = AsyncConnectionPool(dsn, min_size=POOL, max_size=POOL, open=False, configure=_prepare)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            await pool.wait()
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/reports", status_code=201)
    async def submit(form: SubmissionForm) -> Answer:
        body = form.model_dump_json()
        async with pool.connection() as connection:  # a transaction
            cursor = await connection.execute(_REPORT, (body,))
            [number] = await cursor.fetchone() or (0,)
            for table in TABLES:
                await connection.execute(_OTHERS[table], (number, body))
        return Answer(number=number)

    return app


async def create_tables(connection: psycopg.AsyncConnection) -> None:
    """What it writes into."""
    await connection.execute("CREATE SCHEMA IF NOT EXISTS bare")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bare.report (number bigserial PRIMARY KEY, body text NOT NULL)"
    )
    for table in TABLES:
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS bare.{table}"
            " (number bigint PRIMARY KEY, body text NOT NULL)"
        )


async def _prepare(connection: psycopg.AsyncConnection) -> None:
    connection.prepare_threshold = 1


_HOST = "127.0.0.1"
_REPORT = "INSERT INTO bare.report (body) VALUES (%s) RETURNING number"
_OTHERS = {
    table: f"INSERT INTO bare.{table} (number, body) VALUES (%s, %s)"  # noqa: S608
    for table in TABLES
}

if __name__ == "__main__":
    uvicorn.run(
        make_app(sys.argv[1]),
        host=_HOST,
        port=int(sys.argv[2]),
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="warning",
    )
