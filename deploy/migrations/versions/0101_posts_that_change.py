"""A report may be made from several posts, which are checked again for edits and deletion."""

from alembic import op

from deploy.migrations.indexes import build_beside

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE intake.social_post
            ADD COLUMN IF NOT EXISTS position INTEGER NOT NULL DEFAULT 1,
            ADD COLUMN IF NOT EXISTS looked_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS gone_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS gone_because VARCHAR,
            ADD COLUMN IF NOT EXISTS edited_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS words_before BYTEA,
            ADD COLUMN IF NOT EXISTS words_now BYTEA;
        CREATE OR REPLACE VIEW intake.published_social_post AS
        SELECT p.network, p.post_id, p.number, p.position, p.url, p.gone_at, p.gone_because,
               p.edited_at, p.words_before, p.words_now, s.holder_key AS report_key
        FROM intake.social_post p JOIN intake.submission s ON s.number = p.number;
        GRANT SELECT ON intake.published_social_post TO lapor_routing;
    """)
    build_beside("intake.social_post_of_report", "intake.social_post (number)")
    build_beside("intake.social_post_looked_at", "intake.social_post (looked_at)")
