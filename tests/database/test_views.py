"""The published views have the columns that the code reads of them."""

import psycopg

from deploy.local.postgres import OWNER
from shared.database.views import View
from tests.conftest import UrlOf


def test_a_view_has_each_column_that_is_read_of_it(database_url: UrlOf) -> None:
    with psycopg.connect(database_url(OWNER).replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
        ).fetchall()
    columns = {(str(view), str(column)) for view, column in rows}
    read = {(str(view), column.name) for view in View.metadata.sorted_tables for column in view.c}
    assert read, "no view is read"
    assert read <= columns
