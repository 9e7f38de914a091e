"""A report's row has an identity, which its run and its messages carry."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0021"

_SQL = Path(__file__).parent.parent / "sql" / "identities.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
