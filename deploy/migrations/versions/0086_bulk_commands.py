"""Bulk commands: what was asked of which reports, and the outcome of each."""

from alembic import op

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE lifecycle.bulk_command (
            id UUID NOT NULL,
            service VARCHAR NOT NULL,
            kind VARCHAR NOT NULL,
            staff_id INTEGER NOT NULL,
            form JSONB NOT NULL,
            total INTEGER NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            PRIMARY KEY (id)
        );
        CREATE INDEX bulk_command_asked ON lifecycle.bulk_command (staff_id, asked_at);
        CREATE TABLE lifecycle.bulk_item (
            bulk_id UUID NOT NULL,
            number BIGINT NOT NULL,
            position INTEGER NOT NULL,
            state VARCHAR DEFAULT 'waiting' NOT NULL,
            reason VARCHAR,
            attempts INTEGER DEFAULT 0 NOT NULL,
            leased_until TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (bulk_id, number),
            FOREIGN KEY (bulk_id) REFERENCES lifecycle.bulk_command (id) ON DELETE CASCADE
        );
        CREATE INDEX bulk_item_waiting ON lifecycle.bulk_item (position)
            WHERE state = 'waiting';
        GRANT SELECT, INSERT, UPDATE, DELETE ON lifecycle.bulk_command, lifecycle.bulk_item
            TO lapor_routing, lapor_followup;
    """)
