"""The counts of tabs: what steps have appended is added up, so that reading stays short."""

from sqlalchemy import text

from shared.database.engine import Database

BATCH = 10_000


class Counting:
    """Rolls up `lifecycle.tab_change` into `lifecycle.tab_count`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def once(self) -> None:
        """All that is there; several at a time share it out."""
        rolled_up = BATCH
        while rolled_up == BATCH:
            async with self._database.session() as session:
                rolled_up = (await session.execute(_ROLL_UP, {"batch": BATCH})).scalar_one()


# In one order, so that two that do it never wait in a circle.
_ROLL_UP = text("""
WITH taken AS (
    DELETE FROM lifecycle.tab_change WHERE id IN (
        SELECT id FROM lifecycle.tab_change ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING agency_id, given, tab, reports
), added AS (
    INSERT INTO lifecycle.tab_count AS kept (agency_id, given, tab, reports)
    SELECT agency_id, given, tab, sum(reports) FROM taken
    GROUP BY agency_id, given, tab ORDER BY agency_id, given, tab
    ON CONFLICT (agency_id, given, tab) DO UPDATE SET reports = kept.reports + excluded.reports
)
SELECT count(*) FROM taken
""")
