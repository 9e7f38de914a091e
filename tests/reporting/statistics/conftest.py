"""A small country with a few hundred varied lives, for the statistics."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest

from deploy.credentials import Credentials
from deploy.local.postgres import OWNER
from shared.database.engine import Database
from shared.settings import Settings
from tests.conftest import UrlOf, make_settings
from tests.reporting.conftest import running
from tests.reporting.factory import FIRST, found_country
from tests.reporting.statistics.lives import Life, random_life, write

LIVES = 300


@pytest.fixture(scope="module")
def country(module_database: UrlOf) -> str:
    """The address of the country's database, for psycopg, as the owner."""
    url = module_database(OWNER).replace("+psycopg", "")
    found_country(url)
    return url


@pytest.fixture(scope="module")
def lives(country: str) -> list[Life]:
    """The same every time."""
    chance = random.Random(5)
    lives = [random_life(FIRST + n, chance) for n in range(LIVES)]
    with psycopg.connect(country) as connection:
        for life in lives:
            write(connection, life)
    return lives


@pytest.fixture
def owner(country: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(country, autocommit=True) as connection:
        yield connection


@pytest.fixture
def settings(
    module_database: UrlOf,
    country: str,
    nats_url: str,
    temporal_address: str,
    temporal_namespace: str,
    credentials: Credentials,
    tmp_path: Path,
) -> Settings:
    return make_settings(
        credentials,
        data_dir=tmp_path,
        database_url=module_database("lapor_reporting"),
        nats_url=nats_url,
        temporal_address=temporal_address,
        temporal_namespace=temporal_namespace,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url, pool_size=3)
    yield database
    await database.dispose()


@pytest.fixture
async def reporting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings) as client:
        yield client


def kept(owner: psycopg.Connection[Any]) -> tuple[list[Any], ...]:
    """All that the statistics hold, to compare."""
    return tuple(owner.execute(statement).fetchall() for statement in _KEPT)


def nothing(_done: int, _total: int) -> None:
    """Whom progress does not interest."""


_KEPT: tuple[LiteralString, ...] = (
    "SELECT number, handler_id, path, day, region_code, marks FROM reporting.fact ORDER BY 1",
    "SELECT * FROM reporting.holding ORDER BY 1, 2",
    "SELECT * FROM reporting.tally ORDER BY 1, 2, 3",
    "SELECT * FROM reporting.held_tally ORDER BY 1, 2, 3",
)
