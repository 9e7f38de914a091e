"""Staff are notified of what concerns them: each person has a bell, also for deadlines that come
near."""

from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE notification.bell (
            id BIGSERIAL NOT NULL,
            staff_id INTEGER NOT NULL,
            number BIGINT NOT NULL,
            version INTEGER NOT NULL,
            template VARCHAR NOT NULL,
            kind VARCHAR NOT NULL,
            facts JSONB NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            read_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (id),
            CONSTRAINT bell_once UNIQUE (staff_id, number, version, template)
        );
        CREATE INDEX bell_of_person ON notification.bell (staff_id, id);
        CREATE INDEX bell_unread ON notification.bell (staff_id, id) WHERE read_at IS NULL;
        CREATE INDEX bell_old ON notification.bell (created_at);
        CREATE TABLE notification.deadlines_looked_at (
            zone VARCHAR NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            number BIGINT DEFAULT 0 NOT NULL,
            PRIMARY KEY (zone)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE
            ON notification.bell, notification.deadlines_looked_at TO lapor_notification;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA notification TO lapor_notification;

        -- Whom a step concerns, and who did it; nothing that was written.
        GRANT SELECT ON lifecycle.request, lifecycle.copy TO lapor_notification;
        GRANT SELECT (number, version, staff_id) ON lifecycle.history TO lapor_notification;
        GRANT SELECT ON routing.published_closed_day TO lapor_notification;
    """)
