"""A report is not linked to an earlier one if only one of the two is anonymous."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
        UPDATE lifecycle.report later SET linked_number = NULL
        FROM lifecycle.report earlier
        WHERE earlier.number = later.linked_number AND earlier.anonymous <> later.anonymous
    """)
