"""Each clock's time is counted at the agency that held the report. The process `downloads` counts
older reports anew, some hundred at a time."""

from alembic import op

from deploy.migrations.indexes import build_beside

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE reporting.fact ADD COLUMN IF NOT EXISTS counted_by INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE reporting.tally ALTER COLUMN staff SET DEFAULT '{}';
        CREATE TABLE IF NOT EXISTS reporting.holding (
            number BIGINT NOT NULL,
            agency_id INTEGER NOT NULL,
            path BIGINT[] NOT NULL,
            day DATE NOT NULL,
            verification INTEGER,
            follow_up INTEGER,
            settlement INTEGER,
            late TEXT[] NOT NULL,
            waiting TEXT[] NOT NULL,
            acted TEXT[] NOT NULL,
            PRIMARY KEY (number, agency_id)
        );
        CREATE INDEX IF NOT EXISTS holding_placed ON reporting.holding (agency_id, path);
        CREATE TABLE IF NOT EXISTS reporting.held_tally (
            agency_id INTEGER NOT NULL,
            span VARCHAR NOT NULL,
            day DATE NOT NULL,
            held JSONB NOT NULL,
            staff JSONB NOT NULL,
            PRIMARY KEY (agency_id, span, day)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON reporting.holding, reporting.held_tally
            TO lapor_reporting;
    """)
    build_beside("reporting.fact_to_count_anew", "reporting.fact (number) WHERE counted_by < 1")
