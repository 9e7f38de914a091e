"""Indexes on tables that are large and in use."""

from alembic import op
from sqlalchemy import text


def build_beside(name: str, on: str) -> None:
    """Build the index `schema.index` without keeping anybody from writing: CONCURRENTLY, hence
    apart from the migration's transaction, whose earlier statements are kept: where the build
    fails, all of the migration is run again, and has to bear it (`IF NOT EXISTS`, `OR REPLACE`).
    `on` is the table with what follows it. One left over from a build that was killed is built
    anew."""
    schema, index = name.split(".")
    with op.get_context().autocommit_block():
        # It waits for transactions that are open, and nobody waits behind it.
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
