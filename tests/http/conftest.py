"""A tiny service over a real database that has only what the HTTP foundation asks for."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import APIRouter
from psycopg import sql
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from deploy.credentials import Credentials
from deploy.local.postgres import Postgres
from shared.database.engine import Database
from shared.http.app import create_app
from shared.http.limits import rate_limit_table
from shared.http.signing_keys import new_signing_key, public_key_of
from shared.settings import Settings
from tests.conftest import patient

STAFF_KEY, REPORTER_KEY = new_signing_key(), new_signing_key()
Calling = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

_VIEWS = """
CREATE SCHEMA intake;
CREATE SCHEMA routing;
CREATE TABLE routing.staff_directory (
  id bigint PRIMARY KEY, name text, role text, agency_id bigint, agency_path int[],
  active bool, token_version int
);
CREATE TABLE intake.partner_directory (system text, http_token_hash bytea, active bool);
CREATE TABLE routing.published_ended_session (id uuid);
CREATE TABLE intake.published_ended_session (id uuid);
CREATE TABLE intake.published_access_code (number bigint, version int);
CREATE TABLE intake.note (id int GENERATED ALWAYS AS IDENTITY, words text);
"""


@pytest.fixture(scope="module")
def url(postgres: Postgres, credentials: Credentials) -> Iterator[str]:
    name = f"http_{uuid4().hex[:12]}"
    with postgres.administer() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with postgres.administer(name) as admin:
        admin.execute(_VIEWS)
        table = rate_limit_table(MetaData(), "intake")
        admin.execute(str(CreateTable(table).compile(dialect=PGDialect())).encode())
    yield patient(postgres.url("postgres", credentials.postgres, name))
    with postgres.administer() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=5)
    yield database
    await database.dispose()


@pytest.fixture
def settings(url: str) -> Settings:
    return Settings(
        database_url=url,
        nats_url="nats://unused",
        staff_signing_key=STAFF_KEY,
        staff_public_keys=public_key_of(STAFF_KEY),
        reporter_signing_key=REPORTER_KEY,
        reporter_public_keys=public_key_of(REPORTER_KEY),
        identity_keys=Fernet.generate_key().decode(),
        blind_index_key="b" * 32,
        sms_secret="unused" * 3,
    )


@pytest.fixture
def calling(settings: Settings, database: Database) -> Calling:
    """A caller of a service that has these endpoints: by address, with or without a database."""

    @asynccontextmanager
    async def caller(
        router: APIRouter, address: str = "203.0.113.7", database: Database | None = database
    ) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(
            name="intake", title="Test", routers=[router], settings=settings, database=database
        )
        transport = httpx.ASGITransport(app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            yield client

    return caller
