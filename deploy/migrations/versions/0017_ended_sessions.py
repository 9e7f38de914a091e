"""Ended sessions are recorded, so that their access tokens end with them."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0023"

_SQL = Path(__file__).parent.parent / "sql" / "ended_sessions.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
