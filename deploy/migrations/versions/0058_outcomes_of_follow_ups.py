"""A follow-up states its outcome. Existing follow-ups were not asked for one and have none."""

from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE followup.message
            ADD COLUMN outcome VARCHAR,
            ADD COLUMN unmet_reason VARCHAR
    """)
    op.execute("""
        CREATE OR REPLACE VIEW followup.published_message AS
        SELECT m.command_id, m.number, m.action, m.kind, m.words, m.secret, m.rating, m.actor_kind,
               m.staff_id, m.agency_id, m.assignee_id, m.at, m.outcome, m.unmet_reason
        FROM followup.message m JOIN lifecycle.command c ON c.id = m.command_id AND c.done
    """)
