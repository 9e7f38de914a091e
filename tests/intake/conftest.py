"""The intake service over a real database with a small country in it; nothing else runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from deploy.credentials import Credentials
from services.intake.app import make_app
from shared.http.tokens import Staff, Tokens
from shared.settings import Settings
from tests.conftest import make_settings
from tests.quick_passwords import quick_passwords

__all__ = ["quick_passwords"]

ROOT, CITY, UNIT, REMOTE = 1, 2, 3, 4
ADMIN, OFFICER = 11, 12
CATEGORY = 1

Bearer = Callable[[int], dict[str, str]]
"""The id of a member of staff to the header that signs them in."""

_COUNTRY = """
INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active) VALUES
  (1, 'pusat', 'Admin Pusat', 'central', NULL, '{1}', 'WIB', true),
  (2, 'kota-bandung', 'Pemerintah Kota Bandung', 'regency', 1, '{1,2}', 'WIB', true),
  (3, 'kota-bandung.dbmp', 'Dinas Bina Marga', 'unit', 2, '{1,2,3}', 'WIB', true),
  (4, 'papua', 'Pemerintah Provinsi Papua', 'province', 1, '{1,4}', 'WIT', true);
INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,
  token_version) VALUES
  (10, 'pusat', 'Petugas Pusat', 'central_admin', 1, 'x', true, 1),
  (11, 'bandung', 'Admin Bandung', 'agency_admin', 2, 'x', true, 1),
  (12, 'dbmp', 'Pejabat Bina Marga', 'liaison_officer', 3, 'x', true, 1),
  (13, 'papua', 'Admin Papua', 'agency_admin', 4, 'x', true, 1);
INSERT INTO routing.category (id, code, name, active)
  VALUES (1, 'jalan', 'Infrastruktur Jalan', true);
"""


@dataclass
class Country:
    """The database as its owner sees it: to prepare, and to look at what was written."""

    url: str

    def all(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def everything_in(self, table: str) -> str:
        """All rows as one text, to look for what may not be there."""
        return str(self.all(f"SELECT t::text FROM {table} t"))  # noqa: S608

    def one(self, query: str, *parameters: Any) -> Any:
        [row] = self.all(query, *parameters)
        return row[0] if len(row) == 1 else row


@pytest.fixture
def country(fresh_database: Callable[[str], str]) -> Country:
    country = Country(fresh_database("lapor_owner").replace("+psycopg", ""))
    with psycopg.connect(country.url, autocommit=True) as connection:
        connection.execute(_COUNTRY)
    return country


@pytest.fixture
def settings(
    country: Country,
    fresh_database: Callable[[str], str],
    credentials: Credentials,
    tmp_path: Path,
) -> Settings:
    return make_settings(
        credentials,
        data_dir=tmp_path,
        database_url=fresh_database("lapor_intake"),
        # Nobody listens there: intake needs neither.
        nats_url="nats://127.0.0.1:1",
        temporal_address="127.0.0.1:1",
        routing_url="http://127.0.0.1:1",
        public_base_url="http://lapor.test",
    )


@asynccontextmanager
async def running(
    settings: Settings, address: str = "203.0.113.7"
) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a new intake service."""
    app = make_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            yield client


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as client:
        yield client


@pytest.fixture
def bearer(settings: Settings) -> Bearer:
    """The header of a member of staff, by id (`ADMIN`, `OFFICER`, 10 is pusat's)."""
    agencies = {10: (1,), ADMIN: (1, 2), OFFICER: (1, 2, 3), 13: (1, 4)}
    tokens = Tokens.of(settings)

    def header(staff_id: int) -> dict[str, str]:
        path = agencies[staff_id]
        staff = Staff(id=staff_id, role="agency_admin", agency_id=path[-1], agency_path=path)
        return {"Authorization": f"Bearer {tokens.issue(staff)}"}

    return header


def form(**changes: Any) -> dict[str, Any]:
    """A report as somebody fills it in."""
    return {
        "classification": "complaint",
        "title": "Jalan berlubang di Dago",
        "body": "Sudah sebulan jalan di depan pasar berlubang dan membahayakan.",
        "reporter": {"name": "Siti Rahmawati", "phone": "0812 3456 7890"},
    } | changes
