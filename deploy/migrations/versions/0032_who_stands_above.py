"""Counts the admins of each agency, and whether it has admins above; chains follow the tree."""

from pathlib import Path

from alembic import op

revision = "0032"
down_revision = "0022"

_SQL = Path(__file__).parent.parent / "sql" / "who_stands_above.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
