"""An escalation records how many levels above the handler the lateness was escalated."""

from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.execute("ALTER TABLE lifecycle.escalation ADD COLUMN level integer")
