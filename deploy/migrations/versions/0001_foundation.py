"""Schemas, tables, published views, functions, grants."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"
_FILES = ("tables", "views", "functions", "grants", "reporting", "management", "webhooks")


def upgrade() -> None:
    for name in _FILES:
        op.execute((_SQL / f"{name}.sql").read_text())
