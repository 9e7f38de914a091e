"""Holders of contacts have keys of their own. Intake copies existing contacts in the background,
one row for each holder, 200 at a time. Processes of the previous version cannot read what the new
intake writes: upgrade routing and notification first."""

from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.submission ADD COLUMN holder_key BYTEA;
        ALTER TABLE intake.reporter ADD COLUMN holder_key BYTEA;
        CREATE INDEX submission_without_key ON intake.submission (number)
            WHERE holder_key IS NULL AND (name IS NOT NULL OR phone IS NOT NULL
                OR email IS NOT NULL OR nik IS NOT NULL);

        CREATE OR REPLACE VIEW intake.published_contact AS
        SELECT s.number,
               CASE WHEN s.made_by IS NULL THEN coalesce(s.name, r.name) ELSE s.name END AS name,
               CASE WHEN s.made_by IS NULL THEN coalesce(s.phone, r.phone) ELSE s.phone END
                   AS phone,
               CASE WHEN s.made_by IS NULL THEN coalesce(s.email, r.email) ELSE s.email END
                   AS email,
               CASE WHEN s.made_by IS NULL THEN coalesce(s.nik, r.nik) ELSE s.nik END AS nik,
               s.made_by, s.holder_key AS report_key, r.holder_key AS account_key
        FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;

        CREATE OR REPLACE VIEW intake.published_reachable AS
        SELECT s.number, s.reporter_id,
               coalesce(s.phone, r.phone) AS phone, s.phone IS NOT NULL AS phone_of_report,
               coalesce(s.email, r.email) AS email, s.email IS NOT NULL AS email_of_report,
               s.holder_key AS report_key, r.holder_key AS account_key
        FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;
    """)
