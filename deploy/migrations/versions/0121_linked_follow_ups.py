"""Records which follow-ups were sent from a main report to linked ones, for their histories."""

from alembic import op

revision = "0121"
down_revision = "0120"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE lifecycle.linked_follow_up (
            command_id UUID NOT NULL,
            bulk_id UUID NOT NULL,
            main_number BIGINT NOT NULL,
            number BIGINT NOT NULL,
            staff_id INTEGER NOT NULL,
            agency_id INTEGER NOT NULL,
            role VARCHAR NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            PRIMARY KEY (command_id)
        );
        CREATE INDEX linked_follow_up_of_main ON lifecycle.linked_follow_up (main_number);
        GRANT SELECT, INSERT ON lifecycle.linked_follow_up TO lapor_followup;
        GRANT SELECT ON lifecycle.linked_follow_up TO lapor_routing;
    """)
