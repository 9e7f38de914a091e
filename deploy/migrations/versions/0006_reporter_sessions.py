"""Sessions of reporters, so that they can be ended. Reporting may no longer read dead letters."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

_SQL = Path(__file__).parent.parent / "sql" / "reporter_sessions.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
