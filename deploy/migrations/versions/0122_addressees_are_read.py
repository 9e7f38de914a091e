"""Routing reads which agency a report was addressed to, including when it was the first handler.
Intake has always stored it, so no row changes."""

from alembic import op

revision = "0122"
down_revision = "0121"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW intake.published_addressee AS
        SELECT s.number, s.addressee_id FROM intake.submission s
        WHERE s.addressee_id IS NOT NULL;
        GRANT SELECT ON intake.published_addressee TO lapor_routing;
    """)
