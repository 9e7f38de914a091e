"""Lists of ids say of which type they are. Without, the driver sends small ones as `smallint[]`,
which Postgres compares with a column one by one instead of by a hash: 3,000 agencies for each of
thousands of reports."""

import re
from pathlib import Path

import pytest

from deploy.local.postgres import Postgres

ROOT = Path(__file__).parents[2]
UNTYPED = re.compile(r"_id\s+(?:=|<>)\s+(?:ANY|ALL)\s*\(\s*:")


def test_no_statement_compares_an_id_with_a_list_of_no_type() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for room in ("services", "shared", "workflows")
        for file in (ROOT / room).rglob("*.py")
        for line in file.read_text().splitlines()
        if UNTYPED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("written", "sent_as"), [("%s", "smallint[]"), ("CAST(%s AS int[])", "integer[]")]
)
def test_what_the_driver_makes_of_a_list(postgres: Postgres, written: str, sent_as: str) -> None:
    with postgres.administer() as connection:
        statement = f"SELECT CAST(pg_typeof({written}) AS text)"
        row = connection.execute(statement.encode(), ([1, 2],)).fetchone()
    assert row == (sent_as,)
