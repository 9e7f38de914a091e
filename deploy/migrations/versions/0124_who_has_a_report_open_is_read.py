"""Open pages hear within seconds who opens their report: reporting reads who has which one open."""

from alembic import op

revision = "0124"
down_revision = "0123"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW routing.published_presence AS
        SELECT number, staff_id FROM routing.presence WHERE seen_at > now() - interval '1 minute';
        GRANT SELECT ON routing.published_presence TO lapor_reporting;
    """)
