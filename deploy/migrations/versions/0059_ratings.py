"""Every closing can be rated. A rating also says whether the matter is solved."""

from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.execute("ALTER TABLE followup.message ADD COLUMN solved boolean")
    op.execute("""
        CREATE OR REPLACE VIEW followup.published_message AS
        SELECT m.command_id, m.number, m.action, m.kind, m.words, m.secret, m.rating, m.actor_kind,
               m.staff_id, m.agency_id, m.assignee_id, m.at, m.outcome, m.unmet_reason, m.solved
        FROM followup.message m JOIN lifecycle.command c ON c.id = m.command_id AND c.done
    """)
