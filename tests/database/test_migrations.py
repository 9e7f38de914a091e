"""The schema: migrations, and who may write what."""

import psycopg
import pytest
from alembic import command

from deploy.migrations import configuration
from shared.settings import Settings
from tests.conftest import UrlOf


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_the_models_and_the_migrated_schema_agree(settings: Settings) -> None:
    assert settings.database_url is not None
    command.check(configuration(settings.database_url))


@pytest.mark.parametrize("role", ["lapor_intake", "lapor_routing", "lapor_followup"])
def test_a_service_cannot_change_a_report(database_url: UrlOf, role: str) -> None:
    with _connect(database_url(role)) as connection, pytest.raises(psycopg.errors.Error) as refused:
        connection.execute("UPDATE lifecycle.report SET status = 'CLOSED_BY_ADMIN'")
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege)


def test_the_worker_cannot_read_who_reported(database_url: UrlOf) -> None:
    with (
        _connect(database_url("lapor_worker")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM intake.submission")
