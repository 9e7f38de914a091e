"""The schema: migrations, and who may write what."""

import os
import subprocess
import sysconfig
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from deploy.credentials import ROLES
from deploy.local.postgres import Postgres
from deploy.migrations import configuration, is_migrated, upgrade
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


def test_an_index_that_a_killed_migration_left_half_built_is_built_anew(
    fresh_database: UrlOf, postgres: Postgres
) -> None:
    with _connect(fresh_database("lapor_owner")) as owner:
        owner.execute("UPDATE schema_version SET version_num = '0079'")
        owner.execute("DROP INDEX lifecycle.report_due")
        owner.execute("CREATE INDEX report_due ON lifecycle.report (due_at)")
        with postgres.administer(owner.info.dbname) as administrator:
            administrator.execute(
                "UPDATE pg_index SET indisvalid = false"
                " WHERE indexrelid = 'lifecycle.report_due'::regclass"
            )
        command.upgrade(configuration(fresh_database("lapor_owner")), "0080")
        [built] = owner.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indexrelid = 'lifecycle.report_due'::regclass AND indisvalid"
        ).fetchall()
    assert "(due_at, number)" in built[0]


def test_a_migration_whose_index_was_not_built_can_be_run_again(empty_database: UrlOf) -> None:
    config = configuration(empty_database("lapor_owner"))
    script = ScriptDirectory.from_config(config)
    building = [each for each in script.walk_revisions() if hasattr(each.module, "build_beside")][
        ::-1
    ]
    assert building
    with _connect(empty_database("lapor_owner")) as owner:
        for revision in building:
            command.upgrade(config, revision.revision)
            # As after a build that failed: what stands before it is committed, the version not.
            before = revision.module.down_revision
            owner.execute("UPDATE schema_version SET version_num = %s", [before])
            command.upgrade(config, revision.revision)


def test_a_migration_lets_others_go_first_and_tries_again(
    empty_database: UrlOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = empty_database("lapor_owner")
    command.upgrade(configuration(url), "0098")  # the next one adds a column to that table
    with _connect(url) as owner, _connect(url) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT FROM lifecycle.bulk_item")
        waited: list[float] = []

        def goes_on(seconds: float) -> None:
            # While it rests, who comes after it is served.
            owner.execute("SET statement_timeout = '60s'")
            owner.execute("SELECT FROM lifecycle.bulk_item")
            waited.append(seconds)
            if len(waited) == 2:
                reader.execute("COMMIT")

        monkeypatch.setattr("deploy.migrations.time.sleep", goes_on)
        upgrade(url)
        assert len(waited) == 2
        assert is_migrated(url)
