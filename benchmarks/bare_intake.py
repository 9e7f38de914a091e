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

from services.intake.submission import SubmissionForm

POOL = 15
"""As many connections as intake has."""
TABLES = ("submission", "report_text", "history", "outbox")
"""Beside the report's own: as many rows as acceptance writes, each here with its form as text."""


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


_REPORT = "INSERT INTO bare.report (body) VALUES (%s) RETURNING number"
_OTHERS = {name: f"INSERT INTO bare.{name} (number, body) VALUES (%s, %s)" for name in TABLES}  # noqa: S608

if __name__ == "__main__":
    uvicorn.run(
        make_app(sys.argv[1]),
        port=int(sys.argv[2]),
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_level="warning",
    )
