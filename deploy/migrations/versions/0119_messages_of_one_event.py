"""Links messages to a reporter about the same event: one that failed, and its replacement by
another channel."""

from alembic import op

revision = "0119"
down_revision = "0118"


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE VIEW notification.published_message AS
        SELECT m.id, m.number, m.template, m.channel, m.state, m.reason, m.created_at,
               m.finished_at, m.handler_id, m.version
        FROM notification.message m WHERE m.recipient = 'reporter' AND m.event <> 'code';
    """)
