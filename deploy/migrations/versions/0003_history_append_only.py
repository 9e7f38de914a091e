"""History is append-only for the worker too: it inserts lines and changes none."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("REVOKE UPDATE, DELETE ON lifecycle.history FROM lapor_worker")
