"""Counts of every tab, updated as reports move."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

_SQL = Path(__file__).parent.parent / "sql" / "tab_counts.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
