"""Managing people and agencies: links, second factors, hand-overs, imports, log, progress."""

from pathlib import Path

from alembic import op

from deploy.migrations.metadata import metadata

revision = "0002"
down_revision = "0001"

_SQL = Path(__file__).parent.parent / "sql" / "management.sql"


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(_SQL.read_text())
