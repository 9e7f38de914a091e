"""Why a reporter who asks by SMS to have a report opened again asks so, until it is confirmed."""

from alembic import op

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    op.execute("ALTER TABLE intake.sms_confirmation ADD COLUMN reason VARCHAR")
