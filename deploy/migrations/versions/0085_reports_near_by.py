"""An index of squares of some 550 metres finds reports near by."""

from deploy.migrations.indexes import build_beside

revision = "0085"
down_revision = "0084"


def upgrade() -> None:
    build_beside(
        "lifecycle.report_text_cell",
        "lifecycle.report_text ((floor(latitude * 200)::int), (floor(longitude * 200)::int),"
        " number) WHERE latitude IS NOT NULL",
    )
