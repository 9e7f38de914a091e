"""The counts of ended reports of before there were tab counts: nobody has read them since."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("DROP TABLE lifecycle.ended_count")
