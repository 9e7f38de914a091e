"""Every role may query the version of the schema: processes wait for theirs (`lapor migrated`)."""

from alembic import op

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    op.execute("GRANT SELECT ON schema_version TO PUBLIC")
