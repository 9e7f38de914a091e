"""An accepted request stands in the history as what it did: a closing, a reopening, a hold."""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0010"

_SQL = Path(__file__).parent.parent / "sql" / "decisions.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
