"""Notification reads which other offices a reporter can turn to, because a mail mentions them only
if there are any."""

from alembic import op

revision = "0120"
down_revision = "0119"


def upgrade() -> None:
    op.execute("GRANT SELECT ON routing.published_recourse TO lapor_notification")
