"""An index finds deadlines that come near; it is built without blocking."""

from deploy.migrations.indexes import build_beside

revision = "0080"
down_revision = "0079"


def upgrade() -> None:
    build_beside(
        "lifecycle.report_due",
        "lifecycle.report (due_at, number) WHERE ended_at IS NULL AND due_at IS NOT NULL",
    )
