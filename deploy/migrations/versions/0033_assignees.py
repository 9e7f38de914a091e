"""Open reports are found by whom they are assigned to, wherever that person works by now."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX report_assignee ON lifecycle.report (assignee_id)
        WHERE assignee_id IS NOT NULL
    """)
