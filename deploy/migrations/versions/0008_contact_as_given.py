"""A report entered by staff shows its reporter as staff entered them."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

_SQL = Path(__file__).parent.parent / "sql" / "contact_as_given.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
