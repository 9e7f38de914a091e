"""A new password of an account ends its proofs, which an intruder may have made."""

from alembic import op

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION notification.forget_account_proofs(account integer) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = notification, pg_temp AS $$
            DELETE FROM notification.account_proof WHERE account_id = account
        $$;
        REVOKE ALL ON FUNCTION notification.forget_account_proofs FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION notification.forget_account_proofs TO lapor_intake;
    """)
