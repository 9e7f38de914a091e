"""Records whether the notice about a contact's replacement was sent; intake waits for that."""

from alembic import op

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    op.execute("""
        -- No row where there is no such message any more.
        CREATE FUNCTION notification.notice_of(message_key text)
        RETURNS TABLE (state varchar, finished_at timestamptz, nobody_there boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            SELECT m.state, m.finished_at, coalesce(c.undeliverable_at >= m.created_at, false)
            FROM notification.message m LEFT JOIN notification.contact c ON c.id = m.contact_id
            WHERE m.key = message_key
        $$;
        REVOKE ALL ON FUNCTION notification.notice_of FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.notice_of TO lapor_intake;
    """)
