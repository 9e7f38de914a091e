"""Databases for tests: clones of the run's migrated template, and one that is made as new again."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

import psycopg
from psycopg import sql

from deploy.local.postgres import DATABASE, OWNER, Postgres
from tests.one_run import Locked


@contextmanager
def clone(postgres: Postgres, name: str, template: str = DATABASE) -> Iterator[str]:
    """A database made of the template, to which nobody may be connected; dropped at the end."""
    _make(postgres, name, template)
    yield name
    _drop(postgres, name)


class Renewed:
    """A clone that is as new for each test: what the last one wrote is taken out again, which costs
    a tenth of a new clone."""

    def __init__(self, postgres: Postgres, name: str) -> None:
        self._postgres, self.name = postgres, name

    def __enter__(self) -> Self:
        self._anew()
        return self

    def __exit__(self, *_: object) -> None:
        _drop(self._postgres, self.name)

    def renew(self) -> None:
        """As the template again, and nobody connected. A new clone where a test changed more than
        the rows of tables that begin empty, or wrote so much that its remains slow down others."""
        with suppress(psycopg.Error):
            if self._emptied():
                return
        self._anew()

    def _anew(self) -> None:
        _make(self._postgres, self.name)
        with self._postgres.administer(self.name) as connection:
            self._schema = connection.execute(_SCHEMA).fetchall()
            self._sequences = connection.execute(_SEQUENCES).fetchall()
            self._first_rows = {
                table: _rows(connection, table) for (table, _) in connection.execute(_WRITTEN)
            }

    def _emptied(self) -> bool:
        with self._postgres.administer(self.name) as connection:
            alone = all(ended for (ended,) in connection.execute(_END_OTHERS))
            if not alone or connection.execute(_SCHEMA).fetchall() != self._schema:
                return False
            written: dict[str, int] = dict(connection.execute(_WRITTEN).fetchall())
            if sum(written.values()) > _MUCH:
                return False
            if any(_rows(connection, t) != rows for t, rows in self._first_rows.items()):
                return False
            with connection.transaction():
                # Neither triggers nor foreign keys: all go.
                connection.execute("SET LOCAL session_replication_role = replica")
                for table in written.keys() - self._first_rows.keys():
                    connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608
                moved = set(connection.execute(_SEQUENCES)) - set(self._sequences)
                for schema, name, start, _ in moved:
                    connection.execute(_RESTART, (f"{schema}.{name}", start))
        return True


_MUCH = 4 * 2**20
"""Bytes of all tables together, dead rows included: each DELETE and each query reads them."""


def _make(postgres: Postgres, name: str, template: str = DATABASE) -> None:
    _drop(postgres, name)
    # Copying files costs half of what writing all to the log does.
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
        sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
    )
    # Two workers may not copy the template at the same instant.
    with Locked("template"), postgres.administer() as connection:
        connection.execute(make)


def _drop(postgres: Postgres, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with postgres.administer() as connection:
        connection.execute(drop.format(sql.Identifier(name)))


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as rows:
        return b"".join(rows)


# Waits until each is gone, for five seconds at most.
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)
_OURS = 16384
"""The first oid that is not Postgres's own."""
# Who wrote each row of the catalogue: a table, function, trigger or grant that a test made or
# changed shows, the numbers that a vacuum leaves do not.
_SCHEMA = " UNION ALL ".join(
    f"SELECT '{catalogue}', count(*), sum(xmin::text::bigint)"  # noqa: S608
    f" FROM {catalogue} WHERE {which}"
    for catalogue, which in {
        "pg_class": f"oid >= {_OURS}",
        "pg_attribute": f"attrelid >= {_OURS}",
        "pg_constraint": f"oid >= {_OURS}",
        "pg_index": f"indrelid >= {_OURS}",
        "pg_proc": f"oid >= {_OURS}",
        "pg_trigger": f"oid >= {_OURS}",
        "pg_rewrite": f"oid >= {_OURS}",
        "pg_type": f"oid >= {_OURS}",
        "pg_namespace": "nspname NOT LIKE 'pg_%'",
    }.items()
)
_WRITTEN = (
    "SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class"  # noqa: S608
    f" WHERE relkind = 'r' AND oid >= {_OURS} AND pg_relation_size(oid) > 0"
)
_SEQUENCES = "SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences"
_RESTART = "SELECT setval(%s::regclass, %s, false)"
