"""The codes of agencies, for anyone who would read ids otherwise: in the Temporal UI, at
night."""

from sqlmodel import col, select

from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.state import ReportState


class AgencyCodes:
    """A code never changes: each is asked for once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, str] = {}

    async def named_in(self, state: ReportState) -> dict[int, str]:
        """Of the agencies of its chain, and of those that decide its requests, by id."""
        named = {*state.chain, *(request.decider_id for request in state.requests)}
        if missing := named - self._known.keys():
            async with self._database.autocommit() as connection:
                codes = select(AgencyEntry.id, AgencyEntry.code)
                rows = await connection.execute(codes.where(col(AgencyEntry.id).in_(missing)))
                self._known |= {row.id: row.code for row in rows}
        return {id: code for id in sorted(named) if (code := self._known.get(id))}
