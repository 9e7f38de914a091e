"""The schema: migrations, and who may write what."""

import os
import subprocess
import sysconfig
from pathlib import Path

import psycopg
import pytest
from alembic import command

from deploy.credentials import ROLES
from deploy.migrations import configuration, is_migrated
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


@pytest.mark.parametrize("role", ROLES)
def test_every_process_may_ask_whether_the_database_is_migrated_for_it(
    fresh_database: UrlOf, role: str
) -> None:
    url = fresh_database(role)
    assert is_migrated(url)
    with _connect(fresh_database("lapor_owner")) as owner:
        owner.execute("UPDATE schema_version SET version_num = '0045'")
        assert not is_migrated(url)
        owner.execute("UPDATE schema_version SET version_num = 'of a later version'")
        assert is_migrated(url)


def test_a_process_of_a_new_version_waits_for_its_migration(fresh_database: UrlOf) -> None:
    with _connect(fresh_database("lapor_owner")) as owner:
        owner.execute("REVOKE SELECT ON schema_version FROM PUBLIC")  # as before the first one
        waiting = subprocess.Popen(
            [Path(sysconfig.get_path("scripts")) / "lapor", "migrated"],
            env={**os.environ, "LAPOR_DATABASE_URL": fresh_database("lapor_relay")},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert waiting.stdout
        assert waiting.stdout.readline().startswith("Waiting for the database")
        owner.execute("GRANT SELECT ON schema_version TO PUBLIC")
    assert waiting.wait(60) == 0
    waiting.stdout.close()
