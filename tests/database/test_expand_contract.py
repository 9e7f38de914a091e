"""Each migration leaves what the version before it reads and writes, so that both run at once.

What the former version no longer uses may go in a later one, which says so: `CONTRACTS = "0051"`
names the migration since whose version nobody has used it.
"""

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from deploy.migrations import configuration
from tests.conftest import UrlOf

SINCE = "0038"
"""The rule is younger than these."""
PAST = ("0079", "0102")
"""Landed before the rule looked at notification's tables and at keys."""
DEMANDS = ("demanded", "unique")


def test_the_former_version_finds_all_that_it_uses_after_each_migration(
    empty_database: UrlOf,
) -> None:
    config = configuration(empty_database("lapor_owner"))
    script = ScriptDirectory.from_config(config)
    later = [*script.iterate_revisions("head", SINCE)][::-1]
    assert later
    command.upgrade(config, SINCE)
    for revision in later:
        before = _used(empty_database)
        command.upgrade(config, revision.revision)
        after = _used(empty_database)
        if revision.revision in PAST:
            continue
        if not hasattr(revision.module, "CONTRACTS"):
            # What may be left out from now on takes nothing from a version that gives it.
            gone = {
                name: kind
                for name, kind in before.items()
                if after.get(name) != kind and kind != "demanded"
            }
            assert not gone, f"{revision.revision} takes from the version before it: {gone}"
        # What is new must not be asked of the former version's rows.
        demanded = {
            name
            for name, kind in after.items()
            if name not in before and kind in DEMANDS and _table(name) in map(_table, before)
        }
        assert not demanded, f"{revision.revision} wants values nobody gives yet: {demanded}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE lifecycle.outbox DROP COLUMN headers", "lifecycle.outbox.headers"),
        ("ALTER TABLE lifecycle.outbox RENAME COLUMN body TO words", "lifecycle.outbox.body"),
        ("REVOKE INSERT ON lifecycle.outbox FROM lapor_intake", "lapor_intake INSERT"),
        ("DROP VIEW intake.published_owner", "intake.published_owner.number"),
        ("REVOKE SELECT ON notification.message FROM lapor_notification", "notification SELECT"),
        ("ALTER TABLE lifecycle.outbox DROP CONSTRAINT outbox_pkey", "lifecycle.outbox.unique"),
    ],
)
def test_what_a_migration_takes_is_seen(fresh_database: UrlOf, change: str, said: str) -> None:
    before = _used(fresh_database)
    with _connect(fresh_database) as connection:
        connection.execute(change.encode())
    after = _used(fresh_database)
    gone = {name for name, kind in before.items() if after.get(name) != kind}
    assert any(said in name for name in gone), gone


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ADD COLUMN urgent boolean NOT NULL", "lifecycle.outbox.urgent demands a value"),
        ("ADD CONSTRAINT short CHECK (length(subject) < 9)", "lifecycle.outbox.short demands"),
        ("ADD CONSTRAINT once UNIQUE (subject)", "lifecycle.outbox.unique btree (subject)"),
    ],
)
def test_what_a_migration_demands_is_seen(fresh_database: UrlOf, change: str, said: str) -> None:
    before = _used(fresh_database)
    with _connect(fresh_database) as connection:
        connection.execute(f"ALTER TABLE lifecycle.outbox {change}".encode())
    new = {name: kind for name, kind in _used(fresh_database).items() if name not in before}
    assert new[said] in DEMANDS


def _used(database: UrlOf) -> dict[str, str]:
    """Columns with their types, what may not be empty, and who may do what, by name."""
    with _connect(database) as connection:
        return {f"{name}": str(kind) for name, kind in connection.execute(_USED).fetchall()}


def _table(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _connect(database: UrlOf) -> psycopg.Connection:
    return psycopg.connect(database("lapor_owner").replace("+psycopg", ""), autocommit=True)


_OURS = (
    b"table_schema IN ('intake', 'routing', 'followup', 'reporting', 'notification', 'lifecycle')"
)
_USED = (
    b"SELECT table_schema || '.' || table_name || '.' || column_name, data_type"
    b" FROM information_schema.columns WHERE " + _OURS + b" UNION ALL "
    b"SELECT table_schema || '.' || table_name || '.' || column_name || ' demands a value',"
    b" 'demanded' FROM information_schema.columns c JOIN information_schema.tables t"
    b" USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE'"
    b" AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    b" AND is_generated = 'NEVER' AND c." + _OURS + b" UNION ALL "
    b"SELECT table_schema || '.' || table_name || ': ' || grantee || ' ' || privilege_type, 'may'"
    b" FROM information_schema.role_table_grants WHERE " + _OURS + b" UNION ALL "
    # Writers name a unique key's columns where they meet a row that is there (ON CONFLICT).
    b"SELECT i.indrelid::regclass || '.unique ' || regexp_replace(pg_get_indexdef(i.indexrelid),"
    b" '^.* USING ', ''), 'unique' FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
    b" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisunique"
    b" AND n.nspname IN ('intake', 'routing', 'followup', 'reporting', 'notification', 'lifecycle')"
    b" UNION ALL "
    # A rule for values that the former version does not know refuses what it writes.
    b"SELECT r.conrelid::regclass || '.' || r.conname || ' demands', 'demanded'"
    b" FROM pg_constraint r JOIN pg_namespace n ON n.oid = r.connamespace"
    b" WHERE r.contype IN ('c', 'f', 'x')"
    b" AND n.nspname IN ('intake', 'routing', 'followup', 'reporting', 'notification', 'lifecycle')"
)
