"""A bulk command refers to the reports in the version that was seen."""

from alembic import op

revision = "0099"
down_revision = "0098"


def upgrade() -> None:
    op.execute("ALTER TABLE lifecycle.bulk_item ADD COLUMN version INTEGER")
