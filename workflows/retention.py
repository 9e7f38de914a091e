"""What has been kept long enough is deleted."""

from dataclasses import dataclass

from shared.bus.dead_letters import forget_resolved
from shared.database.engine import Database

BATCH = 1_000


@dataclass(frozen=True)
class Forgetting:
    """Deletes dead letters that were put back or discarded 90 days ago."""

    database: Database

    async def once(self) -> None:
        """All that is there."""
        forgotten = BATCH
        while forgotten == BATCH:
            async with self.database.session() as session:
                forgotten = await forget_resolved(session, BATCH)
