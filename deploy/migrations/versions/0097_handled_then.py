"""Shows which history line gave a report to which agency, for the figures of the weekly letter."""

from alembic import op

revision = "0097"
down_revision = "0096"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW lifecycle.published_handling AS
        SELECT number, entry, (details ->> 'to_handler')::bigint AS handler_id
        FROM lifecycle.history WHERE details ->> 'to_handler' IS NOT NULL;
        GRANT SELECT ON lifecycle.published_handling TO lapor_notification;
    """)
