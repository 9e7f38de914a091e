"""Steps that need a second person, and logs that no role may change, not even the owner."""

from alembic import op

revision = "0021"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.second_person_request (
            id UUID NOT NULL,
            kind VARCHAR NOT NULL,
            subject_id BIGINT NOT NULL,
            asked_by INTEGER NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            reason TEXT,
            emergency BOOLEAN NOT NULL,
            decision VARCHAR,
            decided_by INTEGER,
            operator VARCHAR,
            decided_at TIMESTAMP WITH TIME ZONE,
            ends_at TIMESTAMP WITH TIME ZONE,
            used_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (id),
            FOREIGN KEY(asked_by) REFERENCES routing.staff (id),
            FOREIGN KEY(decided_by) REFERENCES routing.staff (id)
        );
        CREATE INDEX second_person_request_waiting ON routing.second_person_request (kind)
            WHERE decision IS NULL;
        CREATE INDEX second_person_request_subject
            ON routing.second_person_request (subject_id, kind);
        GRANT SELECT, INSERT, UPDATE ON routing.second_person_request TO lapor_routing;

        ALTER TABLE routing.access_log
            ALTER COLUMN staff_id DROP NOT NULL,
            ALTER COLUMN agency_id DROP NOT NULL,
            ADD COLUMN operator VARCHAR;
        ALTER TABLE routing.management_log
            ALTER COLUMN staff_id DROP NOT NULL,
            ADD COLUMN operator VARCHAR;

        CREATE FUNCTION routing.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON routing.access_log
            FOR EACH STATEMENT EXECUTE FUNCTION routing.refuse_change();
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON routing.management_log
            FOR EACH STATEMENT EXECUTE FUNCTION routing.refuse_change();
    """)
