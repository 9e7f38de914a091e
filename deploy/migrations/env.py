"""Alembic's entry: one connection, one transaction for all versions."""

from alembic import context
from sqlalchemy import create_engine

from deploy.migrations.metadata import SCHEMAS, metadata
from shared.database.address import connection_arguments


def run() -> None:
    address = context.config.attributes["database_url"]
    arguments = connection_arguments(address, "lapor-migrate")
    engine = create_engine("postgresql+psycopg://", connect_args=arguments)
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
