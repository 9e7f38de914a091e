"""Notification reads where else a reporter can go: a mail promises it only where there is such an
office."""

from alembic import op

revision = "0120"
down_revision = "0119"


def upgrade() -> None:
    op.execute("GRANT SELECT ON routing.published_recourse TO lapor_notification")
