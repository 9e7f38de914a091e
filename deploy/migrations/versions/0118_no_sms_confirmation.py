"""Drops the table with one code for each report, which the version before 0115 used."""

from alembic import op

revision = "0118"
down_revision = "0117"

CONTRACTS = "0115"


def upgrade() -> None:
    op.execute("DROP TABLE intake.sms_confirmation")
