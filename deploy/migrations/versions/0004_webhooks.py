"""Webhooks of agencies' own systems: subscriptions, deliveries, answers."""

from pathlib import Path

from alembic import op

from deploy.migrations.metadata import metadata

revision = "0004"
down_revision = "0003"

_SQL = Path(__file__).parent.parent / "sql" / "webhooks.sql"


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(_SQL.read_text())
