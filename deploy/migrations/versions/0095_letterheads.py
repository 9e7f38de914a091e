"""Agencies have a letterhead: name, address and logo."""

from alembic import op

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.letterhead (
            agency_id INTEGER NOT NULL,
            name VARCHAR NOT NULL,
            address VARCHAR NOT NULL,
            logo_key VARCHAR,
            PRIMARY KEY (agency_id),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.letterhead TO lapor_routing;
    """)
