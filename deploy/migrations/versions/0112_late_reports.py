"""Late reports of a tab are counted without reading the others."""

from deploy.migrations.indexes import build_beside

revision = "0112"
down_revision = "0104"


def upgrade() -> None:
    build_beside(
        "lifecycle.report_late",
        "lifecycle.report (tab, handler_id) WHERE overdue AND ended_at IS NULL",
    )
