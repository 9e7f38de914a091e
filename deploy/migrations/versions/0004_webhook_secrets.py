"""Webhooks: the secret of before signs too, for a day."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE reporting.webhook ADD COLUMN previous_secret BYTEA,"
        " ADD COLUMN previous_until TIMESTAMP WITH TIME ZONE"
    )
