"""What was left lying: commands without an outcome are sent again, reports launched."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from shared.database.engine import Database
from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState
from shared.temporal.door import Door

COMMAND_AGE = 4.0
"""Seconds after which a command without an outcome is sent again; then after twice that …"""
LAUNCH_AGE = 120.0
"""Seconds after which a report without a run is launched from here."""
LONGEST_PAUSE = 300.0
BATCH = 200


@dataclass
class Resending:
    """Sends again, less and less often. Sending twice does no harm: the first outcome stays."""

    database: Database
    door: Door
    _next: dict[UUID, tuple[float, float]] = field(default_factory=dict)

    async def once(self) -> None:
        """One round over what waits, oldest first."""
        async with self.database.autocommit() as connection:
            waiting = (
                await connection.execute(_COMMANDS, {"age": COMMAND_AGE, "limit": BATCH})
            ).all()
            unlaunched = (
                await connection.execute(_REPORTS, {"age": LAUNCH_AGE, "limit": BATCH})
            ).all()
        ids = {row.id for row in waiting}
        self._next = {id: when for id, when in self._next.items() if id in ids}
        async with asyncio.TaskGroup() as group:
            for row in waiting:
                if self._is_time(row.id):
                    group.create_task(self._send(row.id, row.body, row.state))
            for row in unlaunched:
                group.create_task(self._launch(row.number, row.state))

    def _is_time(self, command_id: UUID) -> bool:
        now = time.monotonic()
        at, wait = self._next.get(command_id, (now, COMMAND_AGE))
        if at > now:
            return False
        self._next[command_id] = (now + wait, min(wait * 2, LONGEST_PAUSE))
        return True

    async def _send(self, command_id: UUID, body: object, state: object) -> None:
        try:
            command = Command.model_validate(body)
        except ValidationError:
            async with self.database.session() as session:
                await session.execute(_REFUSE, {"id": command_id})
            return
        await self.door.send(command, ReportState.model_validate(state))

    async def _launch(self, number: int, state: object) -> None:
        await self.door.launch(ReportState.model_validate(state))
        async with self.database.session() as session:
            await session.execute(LAUNCHED, {"number": number})


LAUNCHED = text(
    "UPDATE lifecycle.report SET launched_at = now() WHERE number = :number AND launched_at IS NULL"
)
_COMMANDS = text(
    "SELECT c.id, c.body, r.state FROM lifecycle.command c"
    " JOIN lifecycle.report r ON r.number = c.number"
    " WHERE c.done IS NULL AND c.at < clock_timestamp() - make_interval(secs => :age)"
    " ORDER BY c.at LIMIT :limit"
)
_REPORTS = text(
    "SELECT number, state FROM lifecycle.report WHERE launched_at IS NULL"
    " AND submitted_at < clock_timestamp() - make_interval(secs => :age)"
    " ORDER BY submitted_at LIMIT :limit"
)
_REFUSE = text("SELECT lifecycle.refuse_command(:id, 'command_unreadable')")
