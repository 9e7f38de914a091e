"""An index counts the messages that wait to be sent; it is built without blocking."""

from deploy.migrations.indexes import build_beside

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    build_beside(
        "notification.message_waiting",
        "notification.message (channel, created_at) WHERE state = 'queued'",
    )
