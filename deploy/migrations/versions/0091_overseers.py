"""Overseers read and owe nothing: they neither connect an agency nor decide anything."""

from pathlib import Path

from alembic import op

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.execute((Path(__file__).parents[1] / "sql" / "overseers.sql").read_text())
