"""Categories are found by everyday words."""

from alembic import op

revision = "0117"
down_revision = "0116"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.category_alias (
            category_id INTEGER NOT NULL,
            alias VARCHAR NOT NULL,
            PRIMARY KEY (category_id, alias),
            FOREIGN KEY (category_id) REFERENCES routing.category (id)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.category_alias TO lapor_routing;

        CREATE OR REPLACE VIEW routing.published_category AS
        SELECT c.id, c.code, c.name, c.parent_id, c.active AND coalesce(p.active, true) AS active,
            ARRAY(SELECT l.alias FROM routing.category_alias l
                  WHERE l.category_id = c.id ORDER BY l.alias) AS aliases
        FROM routing.category c LEFT JOIN routing.category p ON p.id = c.parent_id;
    """)
