"""Reporters whom no message reached, by handling agency, and who informed them in another way."""

from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE notification.message ADD COLUMN handler_id INTEGER;
        CREATE INDEX message_not_arrived ON notification.message (handler_id, created_at)
            WHERE state IN ('skipped', 'failed');
        CREATE OR REPLACE VIEW notification.published_message AS
        SELECT m.id, m.number, m.template, m.channel, m.state, m.reason, m.created_at,
               m.finished_at, m.handler_id
        FROM notification.message m WHERE m.recipient = 'reporter' AND m.event <> 'code';
        CREATE TABLE routing.told_otherwise (
            message_id UUID NOT NULL,
            number BIGINT NOT NULL,
            staff_id INTEGER NOT NULL,
            agency_id INTEGER NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (message_id),
            FOREIGN KEY(staff_id) REFERENCES routing.staff (id)
        );
        CREATE INDEX ix_routing_told_otherwise_number ON routing.told_otherwise (number);
        GRANT SELECT, INSERT ON routing.told_otherwise TO lapor_routing;
        GRANT SELECT ON routing.published_code_use TO lapor_routing;
    """)
