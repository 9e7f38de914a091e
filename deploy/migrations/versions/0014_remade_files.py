"""Files of anonymous reports are remade. Existing files wait for this and are not served until
then."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0027"

_SQL = Path(__file__).parent.parent / "sql" / "remade_files.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
