"""Archive reasons: the guide's eight, with texts that pusat edits, each offered or not."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

_SQL = Path(__file__).parent.parent / "sql" / "archive_reasons.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
