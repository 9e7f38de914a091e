"""The reporting service over a real database with a small country and some thousand reports."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.credentials import Credentials
from deploy.local.postgres import OWNER, Postgres
from services.reporting.app import make_app
from shared.http.tokens import Staff, Tokens
from shared.settings import Settings
from tests.conftest import make_settings, patient
from tests.databases import clone
from tests.one_run import WORKER
from tests.reporting.factory import found_country, write_reports

REPORTS = 4000
AddressOf = Callable[[str], str]
Bearer = Callable[[int], dict[str, str]]


@pytest.fixture(scope="session")
def reporting_database(postgres: Postgres, credentials: Credentials) -> Iterator[AddressOf]:
    """Role to the address of a database with the country and its reports."""
    with clone(postgres, f"reporting_{WORKER}") as name:

        def address(role: str) -> str:
            return patient(postgres.url(role, credentials.roles[role], name))

        plain = address(OWNER).replace("+psycopg", "")
        found_country(plain)
        write_reports(plain, REPORTS)
        yield address


@pytest.fixture
def owner_url(reporting_database: AddressOf) -> str:
    """For psycopg, as the owner."""
    return reporting_database(OWNER).replace("+psycopg", "")


@pytest.fixture
def settings(
    reporting_database: AddressOf,
    nats_url: str,
    temporal_address: str,
    temporal_namespace: str,
    credentials: Credentials,
    tmp_path: Path,
) -> Settings:
    return make_settings(
        credentials,
        data_dir=tmp_path,
        database_url=reporting_database("lapor_reporting"),
        nats_url=nats_url,
        temporal_address=temporal_address,
        temporal_namespace=temporal_namespace,
        public_base_url="http://lapor.test",
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a new reporting service."""
    app = make_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://reporting", timeout=60
        ) as client:
            yield client


@pytest.fixture
async def reporting(settings: Settings, owner_url: str) -> AsyncIterator[httpx.AsyncClient]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("TRUNCATE reporting.rate_limit")
    async with running(settings) as client:
        yield client


@pytest.fixture
def bearer(settings: Settings) -> Bearer:
    """The header of a member of staff, by id."""
    tokens = Tokens.of(settings)

    def header(staff_id: int) -> dict[str, str]:
        staff = Staff(id=staff_id, role="agency_admin", agency_id=2, agency_path=(1, 2))
        return {"Authorization": f"Bearer {tokens.issue(staff)}"}

    return header
