"""A category whose group is retired is no longer offered anywhere."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        "CREATE OR REPLACE VIEW routing.published_category AS"
        " SELECT c.id, c.code, c.name, c.parent_id, c.active AND coalesce(p.active, true) AS active"
        " FROM routing.category c LEFT JOIN routing.category p ON p.id = c.parent_id"
    )
