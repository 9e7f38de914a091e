"""Staff have an e-mail address, prove it by a link, and choose their notifications by mail.

Routing keeps the encrypted address. It has `notification` write to the address by the two
functions, in the transaction that writes the message.
"""

from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.staff_contact (
            staff_id INTEGER NOT NULL,
            email BYTEA NOT NULL,
            holder_key BYTEA NOT NULL,
            PRIMARY KEY (staff_id),
            FOREIGN KEY (staff_id) REFERENCES routing.staff (id)
        );
        CREATE VIEW routing.published_staff_contact AS
        SELECT 'staff-' || staff_id AS holder, staff_id, email, holder_key
        FROM routing.staff_contact;
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.staff_contact TO lapor_routing;
        GRANT SELECT ON routing.published_staff_contact TO lapor_notification;

        ALTER TABLE notification.message ALTER COLUMN number DROP NOT NULL;
        ALTER TABLE notification.preference ADD COLUMN kinds JSONB DEFAULT '{}' NOT NULL;

        -- Another address than before is not proven.
        CREATE FUNCTION notification.staff_email_entered(member integer) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.contact (id, holder, channel)
            VALUES (gen_random_uuid(), 'staff-' || member, 'email')
            ON CONFLICT ON CONSTRAINT contact_once
            DO UPDATE SET proven_at = NULL, proof = NULL, undeliverable_at = NULL
        $$;

        -- A message about the account, for whoever has an address; `sealed` is encrypted.
        CREATE FUNCTION notification.write_to_staff(
            member integer, what text, facts jsonb, sealed bytea) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.message (id, key, version, event, template, recipient,
                channel, contact_id, facts, state, not_before, sealed_code)
            SELECT fresh.id, 'account.' || fresh.id, 0, 'account', what, c.holder, c.channel, c.id,
                write_to_staff.facts, 'queued', now(), sealed
            FROM (SELECT gen_random_uuid() AS id) fresh
            JOIN notification.contact c ON c.holder = 'staff-' || member AND c.channel = 'email'
        $$;
        REVOKE ALL ON FUNCTION notification.staff_email_entered, notification.write_to_staff
            FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.staff_email_entered, notification.write_to_staff
            TO lapor_routing;
    """)
