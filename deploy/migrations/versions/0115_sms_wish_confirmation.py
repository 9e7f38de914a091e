"""Each request of a reporter by SMS waits for its own code, beside their other requests. The table
with one row for each report stays for the previous version, which finds a row by its number alone.
"""

from alembic import op

revision = "0115"
down_revision = "0114"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE intake.sms_wish_confirmation (
            number BIGINT NOT NULL,
            wish VARCHAR NOT NULL,
            sender_index BYTEA NOT NULL,
            rating INTEGER,
            solved BOOLEAN,
            reason VARCHAR,
            code_digest BYTEA NOT NULL,
            tries INTEGER NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (number, wish)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON intake.sms_wish_confirmation TO lapor_intake;
    """)
