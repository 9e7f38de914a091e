"""Open reports are found by their assignee, wherever that person works now."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX report_assignee ON lifecycle.report (assignee_id)
        WHERE assignee_id IS NOT NULL
    """)
