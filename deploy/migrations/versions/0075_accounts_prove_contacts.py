"""Accounts prove their contacts, recover a password with one, and change one after a notice.
Earlier reports of a proven contact are offered to its account."""

from alembic import op

revision = "0075"
down_revision = "0071"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE notification.contact ADD COLUMN offered BYTEA;
        CREATE INDEX contact_offered ON notification.contact (offered) WHERE offered IS NOT NULL;
        CREATE INDEX contact_proof ON notification.contact (proof);

        CREATE TABLE notification.account_proof (
            token_hash BYTEA NOT NULL,
            account_id INTEGER NOT NULL,
            purpose VARCHAR NOT NULL,
            channel VARCHAR,
            contact BYTEA,
            digest BYTEA,
            number BIGINT,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (token_hash)
        );
        GRANT SELECT, INSERT, DELETE ON notification.account_proof TO lapor_notification;

        CREATE TABLE intake.contact_change (
            id UUID NOT NULL,
            reporter_id INTEGER NOT NULL REFERENCES intake.reporter (id),
            channel VARCHAR NOT NULL,
            contact BYTEA NOT NULL,
            digest BYTEA NOT NULL,
            entry BYTEA NOT NULL,
            password_hash VARCHAR NOT NULL,
            stop_hash BYTEA NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
            takes_effect_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (id),
            CONSTRAINT contact_change_once UNIQUE (reporter_id, channel),
            UNIQUE (stop_hash)
        );
        CREATE INDEX contact_change_due ON intake.contact_change (takes_effect_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON intake.contact_change TO lapor_intake;

        -- Ciphertext; who reads it also needs the identity keys.
        CREATE VIEW intake.published_account AS
            SELECT id, phone, email, holder_key FROM intake.reporter;
        GRANT SELECT ON intake.published_account TO lapor_notification;

        -- What somebody has shown for an account, as long as it is good; nothing is used up.
        CREATE FUNCTION notification.account_proof_of(shown bytea, wanted text)
        RETURNS TABLE (account_id integer, channel varchar, contact bytea, digest bytea,
            number bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            SELECT p.account_id, p.channel, p.contact, p.digest, p.number
            FROM notification.account_proof p
            WHERE p.token_hash = shown AND p.purpose = wanted AND p.until > now()
        $$;
        -- It is good no more; whether it was until now.
        CREATE FUNCTION notification.use_account_proof(shown bytea) RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            WITH used AS (
                DELETE FROM notification.account_proof
                WHERE token_hash = shown AND until > now() RETURNING token_hash)
            SELECT EXISTS (SELECT FROM used)
        $$;
        -- When the account proved this contact last, null where it never did or nobody is there.
        CREATE FUNCTION notification.contact_proven_at(account integer, by_channel text)
        RETURNS timestamptz
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            SELECT c.proven_at FROM notification.contact c
            WHERE c.holder = 'account-' || account AND c.channel = by_channel
                AND c.undeliverable_at IS NULL
        $$;
        -- The account has another contact now, which it has proven.
        CREATE FUNCTION notification.contact_changed(
            account integer, by_channel text, new_proof bytea, at timestamptz) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.contact AS c (id, holder, channel, proven_at, proof)
            VALUES (gen_random_uuid(), 'account-' || account, by_channel, at, new_proof)
            ON CONFLICT (holder, channel) DO UPDATE SET proven_at = excluded.proven_at,
                proof = excluded.proof, undeliverable_at = NULL, code_digest = NULL,
                code_until = NULL;
            INSERT INTO notification.preference (holder, unsubscribe_token)
            VALUES ('account-' || account, gen_random_uuid()) ON CONFLICT DO NOTHING;
        $$;
        -- A message to an account beside its reports; `sealed` holds to whom, and what it tells.
        CREATE FUNCTION notification.tell_account(
            message_key text, account integer, by_channel text, by_template text, told jsonb,
            sealed bytea) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.message (id, key, number, version, event, template,
                recipient, channel, contact_id, facts, state, not_before, sealed_code)
            SELECT gen_random_uuid(), message_key, NULL, 0, by_template, by_template, 'account',
                by_channel, c.id, told, 'queued', now(), sealed
            FROM (SELECT) one LEFT JOIN notification.contact c
                ON c.holder = 'account-' || account AND c.channel = by_channel
            ON CONFLICT (key) DO NOTHING
        $$;
        REVOKE ALL ON FUNCTION notification.account_proof_of, notification.use_account_proof,
            notification.contact_proven_at, notification.contact_changed,
            notification.tell_account FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.account_proof_of, notification.use_account_proof,
            notification.contact_proven_at, notification.contact_changed,
            notification.tell_account TO lapor_intake;
    """)
