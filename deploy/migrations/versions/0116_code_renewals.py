"""A reporter reads when a new access code was made, by themselves or by a recovery."""

from alembic import op

revision = "0116"
down_revision = "0115"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW routing.published_code_renewal AS
            SELECT number, at FROM routing.access_log WHERE kind = 'access_code_renewed';
        GRANT SELECT ON routing.published_code_renewal TO lapor_intake;
    """)
