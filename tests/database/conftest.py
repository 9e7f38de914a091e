"""Databases at a migration of their own."""

import psycopg
import pytest

from tests.conftest import UrlOf


@pytest.fixture
def empty_database(fresh_database: UrlOf) -> UrlOf:
    """A database without any migration."""
    with psycopg.connect(fresh_database("lapor_owner").replace("+psycopg", "")) as connection:
        schemas = connection.execute(
            "SELECT string_agg(quote_ident(nspname), ', ') FROM pg_namespace"
            " WHERE nspowner = 'lapor_owner'::regrole"
        ).fetchone()
        assert schemas is not None
        connection.execute(f"DROP SCHEMA {schemas[0]} CASCADE".encode())
        connection.execute("DROP TABLE schema_version")
    return fresh_database
