"""An anonymous reporter is notified that pusat read their identity, when, and the class of the
reason."""

from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE routing.second_person_request
            ADD COLUMN reason_class VARCHAR,
            ADD COLUMN tell_on DATE;
        CREATE TABLE routing.reveal_notice (
            request_id UUID NOT NULL,
            number BIGINT NOT NULL,
            reason_class VARCHAR NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            tell_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (request_id),
            FOREIGN KEY(request_id) REFERENCES routing.second_person_request (id)
        );
        CREATE INDEX ix_routing_reveal_notice_number ON routing.reveal_notice (number);
        CREATE INDEX ix_routing_reveal_notice_tell_at ON routing.reveal_notice (tell_at);
        GRANT SELECT, INSERT ON routing.reveal_notice TO lapor_routing;

        -- What was put off is not there before its date, for nobody.
        CREATE VIEW routing.published_reveal_notice AS
        SELECT request_id, number, reason_class, at, tell_at FROM routing.reveal_notice
        WHERE tell_at <= now();
        GRANT SELECT ON routing.published_reveal_notice
            TO lapor_routing, lapor_intake, lapor_notification;
    """)
