"""A checked spreadsheet is kept for a while, so that the checked file is the one imported."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

_SQL = Path(__file__).parent.parent / "sql" / "import_files.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
