"""Reports about the same thing are linked to a main one."""

from alembic import op

from deploy.migrations.indexes import build_beside

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    op.execute("ALTER TABLE lifecycle.report ADD COLUMN IF NOT EXISTS main_number BIGINT")
    build_beside(
        "lifecycle.report_main",
        "lifecycle.report (main_number, number) WHERE main_number IS NOT NULL",
    )
