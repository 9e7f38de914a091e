"""An agency names its leader, who gets a weekly letter once the address is proven.

Routing keeps the address, encrypted with a key of its own, and has `notification` write to it.
"""

from alembic import op

from deploy.migrations.indexes import build_beside

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS routing.agency_leader (
            agency_id INTEGER NOT NULL,
            name VARCHAR NOT NULL,
            title VARCHAR NOT NULL,
            email BYTEA NOT NULL,
            holder_key BYTEA NOT NULL,
            PRIMARY KEY (agency_id),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id)
        );
        CREATE OR REPLACE VIEW routing.published_leader AS
        SELECT 'leader-' || agency_id AS holder, agency_id, name, title, email, holder_key
        FROM routing.agency_leader;
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.agency_leader TO lapor_routing;
        GRANT SELECT ON routing.published_leader, routing.published_category
            TO lapor_notification;
        GRANT SELECT (entry, at, action) ON lifecycle.history TO lapor_notification;

        -- What the letter tells of the statistics, by day and by month of submission.
        CREATE OR REPLACE VIEW reporting.published_tally AS
        SELECT agency_id, span, day,
            coalesce((management ->> 'received')::int, 0) AS received,
            coalesce((management ->> 'rated')::int, 0) AS rated,
            (SELECT coalesce(sum(value * (management ->> ('rating:' || value))::int), 0)::int
             FROM generate_series(1, 5) value) AS points
        FROM reporting.tally WHERE span IN ('day', 'month');
        GRANT USAGE ON SCHEMA reporting TO lapor_notification;
        GRANT SELECT ON reporting.published_tally TO lapor_notification;

        -- Another address than before is not proven; what its holder chose goes with it.
        CREATE OR REPLACE FUNCTION notification.leader_named(of_agency integer) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.contact (id, holder, channel)
            VALUES (gen_random_uuid(), 'leader-' || of_agency, 'email')
            ON CONFLICT ON CONSTRAINT contact_once
            DO UPDATE SET proven_at = NULL, proof = NULL, undeliverable_at = NULL;
            DELETE FROM notification.preference WHERE holder = 'leader-' || of_agency;
        $$;
        -- The link that proves it.
        CREATE OR REPLACE FUNCTION notification.ask_leader(of_agency integer) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            INSERT INTO notification.message (id, key, version, event, template, recipient,
                channel, contact_id, facts, state, not_before)
            SELECT fresh.id, 'account.' || fresh.id, 0, 'account', 'prove_leader', c.holder,
                c.channel, c.id, '{}', 'queued', now()
            FROM (SELECT gen_random_uuid() AS id) fresh
            JOIN notification.contact c
                ON c.holder = 'leader-' || of_agency AND c.channel = 'email';
        $$;
        CREATE OR REPLACE FUNCTION notification.leader_removed(of_agency integer) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            DELETE FROM notification.contact WHERE holder = 'leader-' || of_agency;
            DELETE FROM notification.preference WHERE holder = 'leader-' || of_agency;
        $$;
        CREATE OR REPLACE VIEW notification.published_leader_state AS
        SELECT c.holder, c.proven_at, c.undeliverable_at, p.stopped_at
        FROM notification.contact c LEFT JOIN notification.preference p USING (holder)
        WHERE c.holder LIKE 'leader-%';
        REVOKE ALL ON FUNCTION notification.leader_named, notification.ask_leader,
            notification.leader_removed FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.leader_named, notification.ask_leader,
            notification.leader_removed TO lapor_routing;
        GRANT SELECT ON notification.published_leader_state TO lapor_routing;
    """)
    build_beside(
        "lifecycle.history_of_week",
        "lifecycle.history (at) WHERE action IN ('follow_up', 'object')",
    )
