"""Drops the counts of ended reports, which tab counts have replaced."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("DROP TABLE lifecycle.ended_count")
