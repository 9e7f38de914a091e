"""Indexes without the agency, for pusat's view of a tab of all agencies."""

from deploy.migrations.indexes import build_beside

revision = "0113"
down_revision = "0112"


def upgrade() -> None:
    build_beside(
        "lifecycle.report_of_tab",
        "lifecycle.report (tab, priority DESC, due_at ASC NULLS LAST, number)",
    )
    build_beside("lifecycle.report_of_tab_newest", "lifecycle.report (tab, number DESC)")
