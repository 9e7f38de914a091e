"""The history records an accepted request as the step that it caused, such as a closing."""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0010"

_SQL = Path(__file__).parent.parent / "sql" / "decisions.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
