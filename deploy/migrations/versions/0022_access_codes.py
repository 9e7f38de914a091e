"""Reporters can renew access codes, and every use of a code is in the access log."""

from alembic import op

revision = "0022"
down_revision = "0025"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.submission
            ADD COLUMN access_code_version INTEGER DEFAULT 1 NOT NULL,
            ADD COLUMN access_code_used_at TIMESTAMP WITH TIME ZONE;
        CREATE VIEW intake.published_access_code AS
            SELECT number, access_code_version AS version FROM intake.submission;
        GRANT SELECT ON intake.published_access_code
            TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting;

        ALTER TABLE routing.access_log ADD COLUMN address BYTEA;
        CREATE FUNCTION routing.log_access_code(
            report_number bigint, what text, maker_id integer, maker_agency_id integer,
            sealed_address bytea
        ) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = routing, pg_temp AS $$
            INSERT INTO routing.access_log (number, kind, staff_id, agency_id, address)
            VALUES (report_number, what, maker_id, maker_agency_id, sealed_address)
        $$;
        REVOKE ALL ON FUNCTION routing.log_access_code FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION routing.log_access_code TO lapor_intake;
        CREATE VIEW routing.published_code_use AS
            SELECT number, at FROM routing.access_log WHERE kind = 'access_code_used';
        GRANT SELECT ON routing.published_code_use TO lapor_intake;
    """)
