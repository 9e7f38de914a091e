"""The report form asks whether messages may be sent to a contact; older reports were not asked."""

from alembic import op

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    # The default fills existing rows without rewriting them; new rows state the value.
    op.execute("""
        ALTER TABLE intake.submission
            ADD COLUMN phone_safe BOOLEAN NOT NULL DEFAULT true,
            ADD COLUMN email_safe BOOLEAN NOT NULL DEFAULT true;
        ALTER TABLE intake.submission
            ALTER COLUMN phone_safe SET DEFAULT false,
            ALTER COLUMN email_safe SET DEFAULT false;
    """)
    op.execute("""
        CREATE OR REPLACE VIEW intake.published_reachable AS
        SELECT s.number, s.reporter_id,
               coalesce(s.phone, r.phone) AS phone, s.phone IS NOT NULL AS phone_of_report,
               coalesce(s.email, r.email) AS email, s.email IS NOT NULL AS email_of_report,
               s.holder_key AS report_key, r.holder_key AS account_key,
               s.phone_safe, s.email_safe
        FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id
    """)
