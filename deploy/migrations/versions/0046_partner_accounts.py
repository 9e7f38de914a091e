"""Partners' NATS accounts have keys. Existing partners get one with their next credentials."""

from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.partner
            ADD COLUMN nats_account VARCHAR,
            ADD COLUMN nats_signer VARCHAR,
            ADD COLUMN nats_issued_at bigint
    """)
