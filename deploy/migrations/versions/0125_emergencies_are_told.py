"""Notification reads which identities one person of pusat has opened in an emergency that nobody
has confirmed yet: all others of pusat are told at once."""

from alembic import op

revision = "0125"
down_revision = "0124"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW routing.published_emergency AS
        SELECT id AS request_id, subject_id AS number, asked_by, asked_at
        FROM routing.second_person_request
        WHERE kind = 'reveal' AND emergency AND decision IS NULL;
        GRANT SELECT ON routing.published_emergency TO lapor_notification;
    """)
