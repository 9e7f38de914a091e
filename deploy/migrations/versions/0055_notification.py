"""Schema `notification`: messages to people, proven contacts and preferences.

Its role must exist before: `roles.sh` creates it in a new system. In an existing system, run as the
database's superuser: CREATE ROLE lapor_notification LOGIN PASSWORD '…'.
"""

from alembic import op

revision = "0055"
down_revision = "0046"


def upgrade() -> None:
    op.execute("""
        CREATE SCHEMA notification;

        CREATE TABLE notification.message (
            id UUID NOT NULL,
            key VARCHAR NOT NULL,
            number BIGINT NOT NULL,
            version INTEGER NOT NULL,
            event VARCHAR NOT NULL,
            template VARCHAR NOT NULL,
            recipient VARCHAR NOT NULL,
            channel VARCHAR NOT NULL,
            contact_id UUID,
            facts JSONB NOT NULL,
            state VARCHAR NOT NULL,
            reason VARCHAR,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            not_before TIMESTAMP WITH TIME ZONE NOT NULL,
            leased_until TIMESTAMP WITH TIME ZONE,
            attempts INTEGER DEFAULT 0 NOT NULL,
            retrying BOOLEAN DEFAULT false NOT NULL,
            retry_round INTEGER DEFAULT 0 NOT NULL,
            retry_started BOOLEAN DEFAULT false NOT NULL,
            finished_at TIMESTAMP WITH TIME ZONE,
            provider_id VARCHAR,
            delivered_at TIMESTAMP WITH TIME ZONE,
            sealed_code BYTEA,
            PRIMARY KEY (id),
            UNIQUE (key)
        );
        CREATE INDEX message_to_send ON notification.message (not_before)
            WHERE state = 'queued' AND NOT retrying;
        CREATE INDEX message_to_retry ON notification.message (created_at)
            WHERE state = 'queued' AND retrying AND NOT retry_started;
        CREATE INDEX message_of_report ON notification.message (number, created_at);
        CREATE INDEX message_finished ON notification.message (finished_at);

        CREATE TABLE notification.contact (
            id UUID NOT NULL,
            holder VARCHAR NOT NULL,
            channel VARCHAR NOT NULL,
            proven_at TIMESTAMP WITH TIME ZONE,
            proof BYTEA,
            undeliverable_at TIMESTAMP WITH TIME ZONE,
            language VARCHAR DEFAULT 'id' NOT NULL,
            code_digest BYTEA,
            code_until TIMESTAMP WITH TIME ZONE,
            code_tries INTEGER DEFAULT 0 NOT NULL,
            PRIMARY KEY (id),
            CONSTRAINT contact_once UNIQUE (holder, channel)
        );

        CREATE TABLE notification.preference (
            holder VARCHAR NOT NULL,
            stopped_at TIMESTAMP WITH TIME ZONE,
            email BOOLEAN DEFAULT true NOT NULL,
            sms BOOLEAN,
            muted JSONB DEFAULT '[]' NOT NULL,
            unsubscribe_token UUID NOT NULL,
            PRIMARY KEY (holder),
            UNIQUE (unsubscribe_token)
        );

        CREATE UNLOGGED TABLE notification.rate_limit (
            key BYTEA NOT NULL,
            full_at BIGINT NOT NULL,
            PRIMARY KEY (key)
        );
        COMMENT ON TABLE notification.rate_limit IS
            'Public limits; keys are digests, full_at is in microseconds since 1970';

        -- Ciphertext, and of whom each contact is; who reads it also needs the identity keys.
        CREATE VIEW intake.published_reachable AS
        SELECT s.number, s.reporter_id,
               coalesce(s.phone, r.phone) AS phone, s.phone IS NOT NULL AS phone_of_report,
               coalesce(s.email, r.email) AS email, s.email IS NOT NULL AS email_of_report
        FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;

        GRANT USAGE ON SCHEMA notification TO lapor_notification, lapor_routing;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA notification
            TO lapor_notification;
        GRANT USAGE ON SCHEMA lifecycle, intake, routing TO lapor_notification;
        GRANT SELECT ON lifecycle.report, lifecycle.report_text TO lapor_notification;
        GRANT SELECT, INSERT, UPDATE ON lifecycle.dead_letter TO lapor_notification;
        GRANT SELECT ON intake.published_reachable, intake.published_owner,
            intake.published_ended_session, intake.published_access_code,
            intake.partner_directory TO lapor_notification;
        GRANT SELECT ON routing.agency_directory, routing.staff_directory,
            routing.published_ended_session TO lapor_notification;
    """)
