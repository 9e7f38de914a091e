"""Dead letters have a quota for each system, a reason when they are discarded, and are deleted
later."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"

_SQL = Path(__file__).parent.parent / "sql" / "dead_letter_quota.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
