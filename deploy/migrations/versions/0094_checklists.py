"""The checklist items that a verifier has ticked are stored."""

from alembic import op

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.checked_item (
            number BIGINT NOT NULL,
            code VARCHAR NOT NULL,
            staff_id INTEGER NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            PRIMARY KEY (number, code),
            FOREIGN KEY (staff_id) REFERENCES routing.staff (id)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.checked_item TO lapor_routing;
    """)
