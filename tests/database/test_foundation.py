"""What a new system begins with, so that a first person can be added to it."""

import csv
from datetime import UTC, datetime
from importlib import resources

import psycopg
from psycopg.types.json import Jsonb

from deploy import foundation
from deploy.local.postgres import OWNER
from services.routing.directory.staff import add_staff
from shared.database.engine import Database
from shared.lifecycle.people import Role
from tests.conftest import UrlOf


async def test_a_new_system_has_pusat_process_times_and_holidays_once(
    fresh_database: UrlOf,
) -> None:
    owner = fresh_database(OWNER)
    for _ in range(2):
        await foundation.add_missing(owner)
    database = Database(fresh_database("lapor_routing"), pool_size=1)
    async with database.session() as session:
        await add_staff(
            session,
            username="pusat.satu",
            name="Pusat Satu",
            role=Role.CENTRAL_ADMIN,
            agency_code="pusat",
            password="sangat rahasia 17",
        )
    await database.dispose()
    year = datetime.now(UTC).year
    with psycopg.connect(owner.replace("+psycopg", "")) as connection:
        agencies = connection.execute("SELECT code, path = ARRAY[id]::bigint[] FROM routing.agency")
        assert agencies.fetchall() == [("pusat", True)]
        policies = connection.execute("SELECT agency_id FROM routing.policy").fetchall()
        assert policies == [(None,)]
        days = connection.execute(
            "SELECT extract(year FROM day)::int, count(*) FROM routing.closed_day GROUP BY 1"
        ).fetchall()
    assert {found for found, _ in days} >= {year - 1, year}
    assert all(count > 10 for _, count in days)


async def test_a_year_that_pusat_has_set_is_left_alone(fresh_database: UrlOf) -> None:
    owner = fresh_database(OWNER)
    year = datetime.now(UTC).year
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO routing.closed_day (day, name) VALUES (make_date(%s, 1, 1), 'Tahun Baru')",
            [year],
        )
        await foundation.add_missing(owner)
        row = connection.execute(
            "SELECT count(*) FROM routing.closed_day WHERE extract(year FROM day) = %s", [year]
        ).fetchone()
    assert row == (1,)


async def test_abbreviations_that_came_later_are_laid_beside_those_there(
    fresh_database: UrlOf,
) -> None:
    owner = fresh_database(OWNER)
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("INSERT INTO routing.abbreviation VALUES ('dlh', 'dewan lomba harian')")
        await foundation.add_missing(owner)
        rows = connection.execute(
            "SELECT meaning FROM routing.abbreviation WHERE short IN ('dlh', 'putr') ORDER BY 1"
        ).fetchall()
    assert [meaning for (meaning,) in rows] == [
        "dewan lomba harian",
        "dinas lingkungan hidup",
        "pekerjaan umum penataan ruang",
        "pekerjaan umum tata ruang",
    ]


async def test_words_of_categories_that_pusat_took_away_stay_away(fresh_database: UrlOf) -> None:
    owner = fresh_database(OWNER)
    words = "SELECT alias FROM routing.category_alias"
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        [[id]] = connection.execute(
            "INSERT INTO routing.category (code, name, active)"
            " VALUES (%s, 'Jalan', true) RETURNING id",
            [_first_category_with_words()],
        ).fetchall()
        await foundation.add_missing(owner)
        assert connection.execute(words).fetchall()
        connection.execute("DELETE FROM routing.category_alias")
        changed = {"name": "Jalan", "aliases_changed": ["jalan bolong", ""]}
        connection.execute(
            "INSERT INTO routing.management_log (agency_id, kind, subject_id, action, details)"
            " SELECT id, 'category', %s, 'change', %s FROM routing.agency",
            [str(id), Jsonb(changed)],
        )
        await foundation.add_missing(owner)
        assert connection.execute(words).fetchall() == []


def _first_category_with_words() -> str:
    usual = resources.files("deploy").joinpath("category_aliases.csv").read_text()
    return next(csv.DictReader(usual.splitlines()))["code"]
