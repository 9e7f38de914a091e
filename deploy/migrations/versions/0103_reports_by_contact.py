"""Staff find a reporter's reports by a proven contact."""

from alembic import op

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    op.execute("""
        -- Whose proven contact this is: reports that name it openly, and accounts.
        CREATE OR REPLACE FUNCTION notification.holders_of_contact(
            shown bytea, by_channel text, since timestamptz) RETURNS SETOF varchar
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            SELECT c.holder FROM notification.contact c
            WHERE c.offered = shown AND c.channel = by_channel AND c.proven_at > since
                AND c.undeliverable_at IS NULL
            UNION ALL
            SELECT c.holder FROM notification.contact c
            WHERE c.proof = shown AND c.channel = by_channel AND c.proven_at > since
                AND c.undeliverable_at IS NULL AND c.holder LIKE 'account-%'
        $$;
        REVOKE ALL ON FUNCTION notification.holders_of_contact FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.holders_of_contact TO lapor_routing;
    """)
