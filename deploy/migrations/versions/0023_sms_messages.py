"""Parts of long SMS are identified by sender and gateway id, and form a message of their own."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0020"

_SQL = Path(__file__).parent.parent / "sql" / "sms_messages.sql"


def upgrade() -> None:
    op.execute(_SQL.read_text())
