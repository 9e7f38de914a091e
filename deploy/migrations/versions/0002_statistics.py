"""Statistics: facts and tallies, filled from the events that NATS keeps and, for older events, by a
rebuild."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

_SQL = Path(__file__).parent.parent / "sql" / "statistics.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
