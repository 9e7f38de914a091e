"""Partners may state that they have verified a reporter's contact; the statement is stored and
shown."""

from alembic import op

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.submission
            ADD COLUMN phone_stated BOOLEAN DEFAULT false NOT NULL,
            ADD COLUMN email_stated BOOLEAN DEFAULT false NOT NULL;

        CREATE OR REPLACE VIEW intake.published_reachable AS
        SELECT s.number, s.reporter_id,
               coalesce(s.phone, r.phone) AS phone, s.phone IS NOT NULL AS phone_of_report,
               coalesce(s.email, r.email) AS email, s.email IS NOT NULL AS email_of_report,
               s.holder_key AS report_key, r.holder_key AS account_key,
               s.phone_safe, s.email_safe, s.phone_stated, s.email_stated
        FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;
    """)
