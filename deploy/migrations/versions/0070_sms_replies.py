"""Text messages about a report: stored answers, for a gateway that repeats a message, and requests
that wait for their confirmation by a code."""

from alembic import op

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE intake.sms_answer (
            key VARCHAR NOT NULL,
            digest BYTEA NOT NULL,
            answer BYTEA NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (key)
        );
        CREATE INDEX ix_intake_sms_answer_at ON intake.sms_answer (at);
        CREATE TABLE intake.sms_confirmation (
            number BIGINT NOT NULL,
            sender_index BYTEA NOT NULL,
            wish VARCHAR NOT NULL,
            rating INTEGER,
            solved BOOLEAN,
            code_digest BYTEA NOT NULL,
            tries INTEGER NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (number)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON intake.sms_answer, intake.sms_confirmation
            TO lapor_intake;
    """)
