"""Alembic's entry: one connection, one transaction for all versions."""

from alembic import context
from sqlalchemy import create_engine

from deploy.migrations.metadata import SCHEMAS, metadata


def run() -> None:
    engine = create_engine(context.config.attributes["database_url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_schemas=True,
            include_name=_ours,
            version_table="schema_version",
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return name in SCHEMAS if kind == "schema" else True


run()
