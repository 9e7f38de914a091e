"""Dead letters record when they were stored, because a backlog's quota counts by that time."""

from alembic import op

revision = "0037"
down_revision = "0033"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE lifecycle.dead_letter
            ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now();
        UPDATE lifecycle.dead_letter SET kept_at = received_at;
        DROP INDEX lifecycle.dead_letter_of_system;
        CREATE INDEX dead_letter_of_system ON lifecycle.dead_letter (system, kept_at)
    """)
