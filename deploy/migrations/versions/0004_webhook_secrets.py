"""Webhooks: for a day after a change, messages are also signed with the former secret."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE reporting.webhook ADD COLUMN previous_secret BYTEA,"
        " ADD COLUMN previous_until TIMESTAMP WITH TIME ZONE"
    )
