"""Reports without an account change their contacts as accounts do, and contacts that are not safe
are removed at once. Notification is called with the holder, `account-<id>` or `report-<number>`."""

from alembic import op

revision = "0102"
down_revision = "0101"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.contact_change
            ADD COLUMN number BIGINT,
            ADD COLUMN safe BOOLEAN DEFAULT false NOT NULL,
            ALTER COLUMN reporter_id DROP NOT NULL,
            ALTER COLUMN entry DROP NOT NULL,
            ALTER COLUMN password_hash DROP NOT NULL,
            ADD CONSTRAINT contact_change_of_report_once UNIQUE (number, channel),
            ADD CONSTRAINT contact_change_of_one_holder
                CHECK (num_nonnulls(reporter_id, number) = 1);
        ALTER TABLE notification.account_proof ALTER COLUMN account_id DROP NOT NULL;
        ALTER TABLE notification.contact
            ADD COLUMN removed_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN replaceable_at TIMESTAMP WITH TIME ZONE;

        CREATE OR REPLACE VIEW notification.published_contact_state AS
        SELECT c.holder, c.channel, c.proven_at, c.undeliverable_at, c.removed_at
        FROM notification.contact c;

        -- When the holder proved this contact last, null where it never did or nobody is there; and
        -- from when on another may take the place of one that was removed.
        CREATE FUNCTION notification.proof_of_contact(of_holder text, by_channel text)
        RETURNS TABLE (proven_at timestamptz, replaceable_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            SELECT CASE WHEN c.undeliverable_at IS NULL THEN c.proven_at END, c.replaceable_at
            FROM notification.contact c
            WHERE c.holder = of_holder AND c.channel = by_channel
        $$;
        -- The holder has another contact now, which it has proven. Of a report it was asked whether
        -- the contact is safe; what was chosen for the other channel stays.
        CREATE FUNCTION notification.change_contact(
            of_holder text, by_channel text, new_proof bytea, at timestamptz,
            wants_email boolean, wants_sms boolean) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.contact AS c (id, holder, channel, proven_at, proof)
            VALUES (gen_random_uuid(), of_holder, by_channel, at, new_proof)
            ON CONFLICT (holder, channel) DO UPDATE SET proven_at = excluded.proven_at,
                proof = excluded.proof, offered = NULL, undeliverable_at = NULL,
                removed_at = NULL, replaceable_at = NULL, code_digest = NULL, code_until = NULL;
            INSERT INTO notification.preference AS p (holder, unsubscribe_token, email, sms)
            VALUES (of_holder, gen_random_uuid(), wants_email, wants_sms)
            ON CONFLICT (holder) DO UPDATE SET
                email = CASE WHEN by_channel = 'email' THEN excluded.email ELSE p.email END,
                sms = CASE WHEN by_channel = 'sms' THEN excluded.sms ELSE p.sms END
            WHERE p.holder LIKE 'report-%'
        $$;
        -- Nothing goes to this contact any more, and it opens nothing: its proof, its codes and
        -- what was shown by it end.
        CREATE FUNCTION notification.remove_contact(
            of_holder text, by_channel text, replaceable timestamptz) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.contact AS c (id, holder, channel, removed_at)
            VALUES (gen_random_uuid(), of_holder, by_channel, now())
            ON CONFLICT (holder, channel) DO UPDATE SET removed_at = excluded.removed_at,
                replaceable_at = CASE WHEN c.proven_at IS NULL THEN c.replaceable_at
                    ELSE replaceable END,
                proven_at = NULL, proof = NULL, offered = NULL;
            UPDATE notification.contact c SET code_digest = NULL, code_until = NULL
            WHERE c.holder IN (of_holder, 'recovery-' || of_holder) AND c.channel = by_channel;
            UPDATE notification.message m SET state = 'skipped', reason = 'no_contact',
                finished_at = now(), leased_until = NULL, sealed_code = NULL
            FROM notification.contact c
            WHERE c.holder IN (of_holder, 'recovery-' || of_holder) AND c.channel = by_channel
                AND m.contact_id = c.id AND m.state = 'queued';
            DELETE FROM notification.recovery r WHERE 'report-' || r.number = of_holder;
            DELETE FROM notification.account_proof a
            WHERE a.purpose = 'password' AND 'account-' || a.account_id = of_holder
        $$;
        -- A message to a contact itself; `sealed` holds what it tells, of an account also to whom.
        CREATE FUNCTION notification.tell_contact(
            message_key text, of_holder text, report_number bigint, by_channel text,
            by_template text, told jsonb, sealed bytea) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.message (id, key, number, version, event, template,
                recipient, channel, contact_id, facts, state, not_before, sealed_code)
            SELECT gen_random_uuid(), message_key, report_number, 0, by_template, by_template,
                CASE WHEN report_number IS NULL THEN 'account' ELSE 'contact' END,
                by_channel, c.id, told, 'queued', now(), sealed
            FROM (SELECT) one LEFT JOIN notification.contact c
                ON c.holder = of_holder AND c.channel = by_channel
            ON CONFLICT (key) DO NOTHING
        $$;
        -- What was shown for new contacts of a report is worth nothing any more.
        CREATE FUNCTION notification.forget_report_proofs(report_number bigint) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            DELETE FROM notification.account_proof
            WHERE account_id IS NULL AND number = report_number
        $$;
        REVOKE ALL ON FUNCTION notification.proof_of_contact, notification.change_contact,
            notification.remove_contact, notification.tell_contact,
            notification.forget_report_proofs FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.proof_of_contact, notification.change_contact,
            notification.remove_contact, notification.tell_contact,
            notification.forget_report_proofs TO lapor_intake;
    """)
