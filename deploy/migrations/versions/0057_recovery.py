"""Access codes are recovered with the number and a proven contact; staff see which contacts are
proven."""

from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE notification.recovery (
            token_hash BYTEA NOT NULL,
            number BIGINT NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (token_hash)
        );
        GRANT SELECT, INSERT, DELETE ON notification.recovery TO lapor_notification;

        -- Whether somebody may have a new access code of this report, once.
        CREATE FUNCTION notification.use_recovery(shown bytea, report_number bigint)
        RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            WITH used AS (
                DELETE FROM notification.recovery
                WHERE token_hash = shown AND number = report_number AND until > now()
                RETURNING number)
            SELECT EXISTS (SELECT FROM used)
        $$;
        REVOKE ALL ON FUNCTION notification.use_recovery FROM PUBLIC;
        GRANT USAGE ON SCHEMA notification TO lapor_intake;
        GRANT EXECUTE ON FUNCTION notification.use_recovery TO lapor_intake;

        -- How far the contacts of a report's reporter are proven; no contact, and no digest of one.
        CREATE VIEW notification.published_contact_state AS
        SELECT c.holder, c.channel, c.proven_at, c.undeliverable_at FROM notification.contact c;
        CREATE VIEW notification.published_message AS
        SELECT m.id, m.number, m.template, m.channel, m.state, m.reason, m.created_at, m.finished_at
        FROM notification.message m WHERE m.recipient = 'reporter' AND m.event <> 'code';
        GRANT SELECT ON notification.published_message, notification.published_contact_state,
            intake.published_reachable
            TO lapor_routing;
    """)
