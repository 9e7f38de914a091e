"""Records who has a report open. The table is unlogged, so that backups and write-ahead logs keep
no trace."""

from alembic import op

revision = "0093"
down_revision = "0092"


def upgrade() -> None:
    op.execute("""
        CREATE UNLOGGED TABLE routing.presence (
            number BIGINT NOT NULL,
            staff_id INTEGER NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (number, staff_id)
        );
        CREATE INDEX ix_routing_presence_seen_at ON routing.presence (seen_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.presence TO lapor_routing;
    """)
