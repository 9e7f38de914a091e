"""Alembic's entry: one connection, with one transaction for each version. The locks of one version
are freed before the next begins, and `lapor migrate` continues after the last completed one."""

from alembic import context
from sqlalchemy import NullPool, create_engine

from deploy.migrations.metadata import FORMER_TABLES, SCHEMAS, metadata
from shared.database.address import connection_arguments


def run() -> None:
    address = context.config.attributes["database_url"]
    arguments = connection_arguments(address, "lapor-migrate")
    # Others wait at most this long behind a waiting migration; `upgrade` tries again.
    arguments["options"] = f"{arguments.get('options') or ''} -c lock_timeout=3s"
    engine = create_engine("postgresql+psycopg://", connect_args=arguments, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_schemas=True,
            include_name=_ours,
            version_table="schema_version",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def _ours(name: str | None, kind: str, parents: object) -> bool:
    if kind == "schema":
        return name in SCHEMAS
    return not (kind == "table" and name in FORMER_TABLES)


run()
