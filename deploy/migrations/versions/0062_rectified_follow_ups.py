"""A follow-up may be taken back. The rectification of a secret follow-up is also secret."""

from alembic import op

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    op.execute("ALTER TABLE followup.message ADD COLUMN rectifies UUID")
    op.execute("""
        CREATE INDEX message_rectifying ON followup.message (rectifies) WHERE rectifies IS NOT NULL
    """)
    op.execute("""
        CREATE OR REPLACE VIEW followup.published_message AS
        SELECT m.command_id, m.number, m.action, m.kind, m.words,
               m.secret OR EXISTS (
                   SELECT FROM followup.message t WHERE t.command_id = m.rectifies AND t.secret
               ) AS secret,
               m.rating, m.actor_kind, m.staff_id, m.agency_id, m.assignee_id, m.at, m.outcome,
               m.unmet_reason, m.solved, EXISTS (
                   SELECT FROM followup.message r
                   JOIN lifecycle.command k ON k.id = r.command_id AND k.done
                   WHERE r.rectifies = m.command_id
               ) AS rectified
        FROM followup.message m JOIN lifecycle.command c ON c.id = m.command_id AND c.done
    """)
