"""A person may name a stand-in (*Plt.*) for a time."""

from alembic import op

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.stand_in (
            staff_id INTEGER NOT NULL,
            stand_in_id INTEGER NOT NULL,
            begins_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (staff_id),
            FOREIGN KEY (staff_id) REFERENCES routing.staff (id),
            FOREIGN KEY (stand_in_id) REFERENCES routing.staff (id)
        );
        CREATE INDEX ix_routing_stand_in_stand_in_id ON routing.stand_in (stand_in_id);

        -- Who has moved, left or changed role stands in for nobody, and nobody for them.
        CREATE VIEW routing.published_stand_in AS
        SELECT i.staff_id, i.stand_in_id, i.begins_at, i.ends_at
        FROM routing.stand_in i
        JOIN routing.staff s ON s.id = i.staff_id AND s.active
        JOIN routing.staff p ON p.id = i.stand_in_id AND p.active
            AND p.agency_id = s.agency_id AND p.role = s.role;

        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.stand_in TO lapor_routing;
        GRANT SELECT ON routing.published_stand_in TO lapor_routing, lapor_notification;
    """)
