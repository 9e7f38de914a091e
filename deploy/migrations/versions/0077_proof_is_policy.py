"""How long a proven contact is believed is a policy: who tells people reads it."""

from alembic import op

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    op.execute("GRANT SELECT ON routing.published_policy TO lapor_notification")
