"""Stores the reason of a request by SMS to open a report again, until the reporter confirms it."""

from alembic import op

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    op.execute("ALTER TABLE intake.sms_confirmation ADD COLUMN reason VARCHAR")
