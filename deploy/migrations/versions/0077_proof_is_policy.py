"""The time for which a contact stays proven is a policy, which notification reads."""

from alembic import op

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    op.execute("GRANT SELECT ON routing.published_policy TO lapor_notification")
