"""A command keeps a digest of its request. A post on X has one id in any spelling."""

from alembic import op

revision = "0024"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE lifecycle.command ADD COLUMN digest bytea")
    op.execute("""
        UPDATE intake.submission s SET idempotency_key = ltrim(s.idempotency_key, '0')
        FROM (
            SELECT min(number) AS number FROM intake.submission WHERE scope = 'x'
            GROUP BY ltrim(idempotency_key, '0')
            HAVING bool_and(idempotency_key LIKE '0%')
        ) first
        WHERE s.number = first.number
    """)
    op.execute("""
        UPDATE intake.social_post p SET post_id = s.idempotency_key
        FROM intake.submission s
        WHERE p.network = 'x' AND s.scope = 'x' AND s.number = p.number
            AND p.post_id <> s.idempotency_key
    """)
