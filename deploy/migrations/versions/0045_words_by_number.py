"""The index of words also covers report numbers, so that searches can read slices of them.

On a database that is in use, build the index beforehand, by hand with CONCURRENTLY, under this
name: then this migration only drops the old index.
"""

from alembic import op

revision = "0045"
down_revision = "0038"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.execute(
        "CREATE INDEX IF NOT EXISTS report_text_words"
        " ON lifecycle.report_text USING gin (search, (number / 4096))"
    )
    op.execute("DROP INDEX IF EXISTS lifecycle.report_text_search")
