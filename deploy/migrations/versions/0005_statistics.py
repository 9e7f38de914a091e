"""Statistics: a fact a report, tallies by agency and time."""

from pathlib import Path

from alembic import op

from deploy.migrations.metadata import metadata

revision = "0005"
down_revision = "0004"

_SQL = Path(__file__).parent.parent / "sql" / "statistics.sql"


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(_SQL.read_text())
