"""Sends commands without an outcome again, and launches reports that were left without a run."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from shared.database.engine import Database
from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import by_itself, note_failure
from shared.temporal.report_gateway import ReportGateway
from workflows.backoff import Backoff
from workflows.launcher import Launcher

COMMAND_AGE = 4.0
"""Seconds after which a command without an outcome is sent again; the time doubles with each
try."""
LAUNCH_AGE = 120.0
"""Seconds after which a report without a run is launched here."""
LONGEST = 60.0
"""The most seconds between two tries. When Temporal comes back after hours, what waited for it is
done within two minutes."""
BATCH = 200


@dataclass
class Resending:
    """Sends waiting commands again, less and less often.

    Sending twice does no harm: the first outcome stays. What cannot be sent is left alone for a
    while, so that it does not hold up the rest. `clock` is in seconds.
    """

    database: Database
    gateway: ReportGateway
    launcher: Launcher
    clock: Callable[[], float] = time.monotonic
    _commands: Backoff[UUID] = field(init=False)
    _reports: Backoff[int] = field(init=False)

    def __post_init__(self) -> None:
        self._commands = Backoff(COMMAND_AGE, self.clock, longest=LONGEST)
        self._reports = Backoff(COMMAND_AGE, self.clock, longest=LONGEST)

    async def once(self) -> None:
        """One round over all that waits, oldest first."""
        commands = {"age": COMMAND_AGE, "limit": BATCH, "alone": self._commands.now()}
        reports = {"age": LAUNCH_AGE, "limit": BATCH, "alone": self._reports.now()}
        async with self.database.autocommit() as connection:
            waiting = (await connection.execute(_COMMANDS, commands)).all()
            unlaunched = (await connection.execute(_REPORTS, reports)).scalars().all()
        for row in waiting:
            self._commands.add(row.id)
        for number in unlaunched:
            self._reports.add(number)
        await asyncio.gather(
            *(
                by_itself("resending", row.id, self._send(row.id, row.body, row.state))
                for row in waiting
            ),
            by_itself("resending", "reports", self._launch(unlaunched)),
        )

    async def _send(self, command_id: UUID, body: object, state: object) -> None:
        try:
            command = Command.model_validate(body)
        except ValidationError:
            async with self.database.session() as session:
                await session.execute(_REFUSE, {"id": command_id})
            return
        outcome = await self.gateway.send(command, ReportState.model_validate(state))
        if outcome is not None:
            self._commands.forget(command_id)

    async def _launch(self, numbers: Sequence[int]) -> None:
        no_trace: dict[str, str] = {}
        failed = await self.launcher.launch(dict.fromkeys(numbers, no_trace), len(numbers))
        for number in numbers:
            if number in failed:
                note_failure("resending", number, failed[number])
            else:
                self._reports.forget(number)


_COMMANDS = text(
    "SELECT c.id, c.body, r.state FROM lifecycle.command c"
    " JOIN lifecycle.report r ON r.number = c.number"
    " WHERE c.done IS NULL AND c.at < clock_timestamp() - make_interval(secs => :age)"
    " AND c.id <> ALL (CAST(:alone AS uuid[])) ORDER BY c.at LIMIT :limit"
)
_REPORTS = text(
    "SELECT number FROM lifecycle.report WHERE launched_at IS NULL"
    " AND submitted_at < clock_timestamp() - make_interval(secs => :age)"
    " AND number <> ALL (CAST(:alone AS bigint[])) ORDER BY submitted_at LIMIT :limit"
)
_REFUSE = text("SELECT lifecycle.refuse_command(:id, 'command_unreadable')")
