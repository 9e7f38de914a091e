"""Text messages about one report are stopped by SMS: that alone, of an account's phone too."""

from alembic import op

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    op.execute("ALTER TABLE notification.preference ADD COLUMN sms_stopped_at TIMESTAMPTZ")
