"""Lateness climbs: an escalation says how many levels above the handler it was put."""

from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.execute("ALTER TABLE lifecycle.escalation ADD COLUMN level integer")
