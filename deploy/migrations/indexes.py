"""Building indexes on tables that are large and in use."""

from alembic import op
from sqlalchemy import text


def build_beside(name: str, on: str) -> None:
    """Build the index `schema.index` without blocking writers.

    CONCURRENTLY cannot run in the migration's transaction, so the migration's earlier statements
    are committed first. If the build fails, the whole migration is run again and has to allow for
    that (`IF NOT EXISTS`, `OR REPLACE`). `on` is the table with what follows it. An index left
    invalid by a killed build is built anew.
    """
    schema, index = name.split(".")
    with op.get_context().autocommit_block():
        # It waits for open transactions without blocking anyone.
        op.execute("SET lock_timeout = 0")
        valid = op.get_bind().scalar(_IS_VALID, {"schema": schema, "index": index})
        if valid is False:
            op.execute(f"DROP INDEX CONCURRENTLY {name}")
        if not valid:
            op.execute(f"CREATE INDEX CONCURRENTLY {index} ON {on}")
        op.execute("RESET lock_timeout")


_IS_VALID = text(
    "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = :schema AND c.relname = :index"
)
