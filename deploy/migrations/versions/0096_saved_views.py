"""Views of the queue are saved under a name, for a person or shared within an agency."""

from alembic import op

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.saved_view (
            id UUID NOT NULL,
            staff_id INTEGER NOT NULL,
            agency_id INTEGER NOT NULL,
            shared BOOLEAN NOT NULL,
            name VARCHAR NOT NULL,
            query JSONB NOT NULL,
            PRIMARY KEY (id),
            FOREIGN KEY (staff_id) REFERENCES routing.staff (id),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id)
        );
        CREATE INDEX ix_routing_saved_view_staff_id ON routing.saved_view (staff_id);
        CREATE INDEX ix_routing_saved_view_agency_id ON routing.saved_view (agency_id);
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.saved_view TO lapor_routing;
    """)
