"""What staff type into a form is stored until the form is sent."""

from alembic import op

revision = "0100"
down_revision = "0099"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.form_draft (
            staff_id INTEGER NOT NULL,
            number BIGINT NOT NULL,
            action VARCHAR NOT NULL,
            fields BYTEA NOT NULL,
            kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (staff_id, number, action),
            FOREIGN KEY (staff_id) REFERENCES routing.staff (id)
        );
        CREATE INDEX ix_routing_form_draft_kept_at ON routing.form_draft (kept_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.form_draft TO lapor_routing;
    """)
