"""Codes that recover a password belong to the request for them, not to the account."""

from alembic import op

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE notification.account_recovery (
            request_hash BYTEA NOT NULL,
            channel VARCHAR NOT NULL,
            contact_digest BYTEA NOT NULL,
            code_digest BYTEA NOT NULL,
            code_tries INTEGER DEFAULT 0 NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (request_hash)
        );
        CREATE INDEX account_recovery_until ON notification.account_recovery (until);
        GRANT SELECT, INSERT, UPDATE, DELETE ON notification.account_recovery TO lapor_notification;
    """)
