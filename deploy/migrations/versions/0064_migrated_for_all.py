"""Every role may ask which version the schema has: processes wait for theirs (`lapor migrated`)."""

from alembic import op

revision = "0064"
down_revision = "0046"


def upgrade() -> None:
    op.execute("GRANT SELECT ON schema_version TO PUBLIC")
