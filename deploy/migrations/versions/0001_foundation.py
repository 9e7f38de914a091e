"""Schemas, tables, published views, grants."""

from pathlib import Path

from alembic import op

from deploy.migrations.metadata import SCHEMAS, metadata

revision = "0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    metadata.create_all(op.get_bind())
    for name in ("views", "functions", "grants", "reporting"):
        op.execute((_SQL / f"{name}.sql").read_text())
