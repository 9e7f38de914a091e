"""An escalation ends with the step that was owed. An index finds the escalations that are before an
agency now, and those of which pusat is notified at once."""

from alembic import op

from deploy.migrations.indexes import build_beside

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE lifecycle.escalation ADD COLUMN IF NOT EXISTS ended_at TIMESTAMP WITH TIME ZONE;

        UPDATE lifecycle.escalation e SET ended_at = now()
        WHERE e.ended_at IS NULL AND e.clock <> 'request' AND NOT EXISTS (
            SELECT FROM lifecycle.report r WHERE r.number = e.number AND r.overdue);
        UPDATE lifecycle.escalation e SET ended_at = now()
        WHERE e.ended_at IS NULL AND e.clock = 'request' AND NOT EXISTS (
            SELECT FROM lifecycle.request q
            WHERE q.number = e.number AND q.decision IS NULL AND q.overdue);

        GRANT SELECT ON lifecycle.escalation, lifecycle.request TO lapor_notification;
    """)
    build_beside(
        "lifecycle.escalation_now",
        "lifecycle.escalation (agency_id, number) WHERE ended_at IS NULL",
    )
    build_beside(
        "lifecycle.report_urgent_late",
        "lifecycle.report (number)"
        " WHERE overdue AND (priority OR classification = 'complaint_with_oversight')",
    )
