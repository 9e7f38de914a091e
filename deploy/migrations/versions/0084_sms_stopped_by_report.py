"""An SMS can stop text messages about one report only, even if the phone belongs to an account."""

from alembic import op

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    op.execute("ALTER TABLE notification.preference ADD COLUMN sms_stopped_at TIMESTAMPTZ")
