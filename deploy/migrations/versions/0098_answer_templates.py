"""Agencies have templates of answers."""

from alembic import op

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.answer_template (
            id UUID NOT NULL,
            agency_id INTEGER NOT NULL,
            category_id INTEGER,
            name VARCHAR NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (id),
            UNIQUE (agency_id, name),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id),
            FOREIGN KEY (category_id) REFERENCES routing.category (id)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.answer_template TO lapor_routing;
    """)
