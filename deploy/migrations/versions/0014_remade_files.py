"""Files of anonymous reports are remade: those that are there wait for it, and are not served."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0027"

_SQL = Path(__file__).parent.parent / "sql" / "remade_files.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
