"""The codes of agencies, for people who would otherwise see ids, as in the Temporal UI."""

from sqlmodel import col, select

from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.state import ReportState


class AgencyCodes:
    """Reads codes and remembers them, because a code never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, str] = {}

    async def named_in(self, state: ReportState) -> dict[int, str]:
        """The codes by id of the agencies in the report's chain and of those that decide its
        requests."""
        named = {*state.chain, *(request.decider_id for request in state.requests)}
        if missing := named - self._known.keys():
            async with self._database.autocommit() as connection:
                codes = select(AgencyEntry.id, AgencyEntry.code)
                rows = await connection.execute(codes.where(col(AgencyEntry.id).in_(missing)))
                self._known |= {row.id: row.code for row in rows}
        return {id: code for id in sorted(named) if (code := self._known.get(id))}
