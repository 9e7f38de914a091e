"""Lets reports that wait for an agency to connect go on once it has connected."""

import uuid
from dataclasses import dataclass, field
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy import text

from shared.database.columns import now
from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.commands import Command
from shared.lifecycle.people import SYSTEM
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import by_itself
from shared.temporal.report_gateway import ReportGateway
from workflows.backoff import Backoff

BATCH: Final = 200
_IDS: Final = uuid.UUID("6f1c9c1e-5d0b-4c7e-9d7a-3c1f6f0f5a11")


@dataclass(frozen=True)
class Connecting:
    """Sends `connect` for deferred reports whose awaited agency has connected.

    Connected means that a report can be handed to it (`Agency.is_connected`).
    """

    database: Database
    gateway: ReportGateway
    _tried: Backoff[int] = field(default_factory=Backoff)

    async def once(self) -> None:
        """One round. The same report at the same version always gets the same command."""
        wanted = {"limit": BATCH, "alone": self._tried.now()}
        async with self.database.autocommit() as connection:
            connected = (await connection.execute(_CONNECTED, wanted)).all()
        for row in connected:
            # After a success too: other reports have their turn until the step is recorded.
            self._tried.add(row.number)
            await by_itself("connecting", row.number, self._connect(row.state))

    async def _connect(self, stored: object) -> None:
        state = ReportState.model_validate(stored)
        command = connect_command(state)
        if await self._saved(command):
            await self.gateway.send(command, state)

    async def _saved(self, command: Command) -> bool:
        """Save the command. False if an earlier round saved it: then it waits to be sent again."""
        async with self.database.session() as session:
            connection = await raw(session)
            inserted = await connection.execute(
                _INSERT,
                (
                    command.id,
                    command.number,
                    command.action,
                    command.at,
                    Jsonb(command.model_dump(mode="json")),
                ),
            )
            return inserted.rowcount == 1


def connect_command(state: ReportState) -> Command:
    """The system's `connect` command for a report in this state."""
    return Command(
        id=uuid.uuid5(_IDS, f"connect.{state.number}.{state.version}"),
        number=state.number,
        action=Action.CONNECT,
        actor=SYSTEM,
        capacities=frozenset({Capacity.SYSTEM}),
        at=now(),
        handler_seen=state.handler_id,
        stored_version=state.version,
        identity=state.identity,
    )


_CONNECTED = text(
    "SELECT r.number, r.state FROM lifecycle.report r"
    " JOIN routing.agency_directory a ON a.id = r.awaited_agency_id"
    " WHERE r.status = 'AGENCY_NOT_CONNECTED' AND a.has_officer"
    " AND r.number <> ALL (CAST(:alone AS bigint[])) ORDER BY r.number LIMIT :limit"
)
_INSERT = """
INSERT INTO lifecycle.command (id, number, action, at, body) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
