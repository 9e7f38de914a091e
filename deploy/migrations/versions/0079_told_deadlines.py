"""Records the deadline of a report of which its handlers were notified, instead of how far they
were.

The dropped table is in no released version. A process that still reads it sends no notices of near
deadlines until it ends; the new processes do.
"""

from alembic import op

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE notification.told_deadline (
            number BIGINT NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (number)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON notification.told_deadline TO lapor_notification;
        -- Who was told is not told again; nor of all that is near already, at the first look.
        INSERT INTO notification.told_deadline
        SELECT r.number, r.due_at FROM lifecycle.report r
        JOIN routing.agency a ON a.id = r.handler_id
        LEFT JOIN notification.deadlines_looked_at l ON l.zone = a.zone
        WHERE r.ended_at IS NULL AND r.due_at > now()
            AND r.due_at <= coalesce(l.until, now() + interval '2 days');
        DROP TABLE notification.deadlines_looked_at;
    """)
