"""Waiting replies and late requests escalated to an agency are found without reading the rest."""

from deploy.migrations.indexes import build_beside

revision = "0114"
down_revision = "0113"


def upgrade() -> None:
    build_beside(
        "lifecycle.report_replied",
        "lifecycle.report (handler_id, priority DESC, due_at ASC NULLS LAST, number)"
        " WHERE status = 'REPLIED_BY_REPORTER'",
    )
    build_beside(
        "lifecycle.escalation_of_requests",
        "lifecycle.escalation (agency_id, number) WHERE ended_at IS NULL AND clock = 'request'",
    )
