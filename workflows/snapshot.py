"""What Postgres has of a report when a step is to be recorded, locked until the transaction
ends."""

from dataclasses import dataclass
from typing import Any

import psycopg

from shared.database.policy_in_force import PROCESS_TIME_MARK
from shared.lifecycle.clocks import Clock
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.state import ReportState
from workflows.step_messages import FiredClock, Step


@dataclass(frozen=True)
class StoredCommand:
    """A command's row: the command that the service sent, and the outcome if there is one."""

    command: Command
    outcome: Outcome | None


@dataclass(frozen=True)
class Patience:
    """How long a transaction waits for a lock and for any one statement, in Postgres's notation."""

    for_a_lock: str
    for_a_statement: str


@dataclass(frozen=True)
class Stored:
    """The report's row and what else the step needs. Paths are root first."""

    state: ReportState
    external_id: str | None
    command: StoredCommand | None
    another_waits: bool
    handler_path: tuple[int, ...]
    process_time_mark: str

    def clock(self, fired: FiredClock) -> Clock | None:
        """The stored clock that a step is about, if it has not fired; else None."""
        clock = self.state.clock(fired.kind, fired.key)
        return None if clock is None or clock.overdue else clock


async def read(
    connection: psycopg.AsyncConnection[Any], step: Step, patience: Patience
) -> Stored | None:
    """Lock the report and the command, and read all that the step needs, in one exchange.

    None if there is no such report. No statement of the transaction takes longer than `patience`
    allows.
    """
    handler_id = step.decision.state.handler_id if step.decision else None
    command_id = step.command.id if step.command else None
    fired = step.clock
    async with connection.pipeline():
        await connection.execute(_LIMITS, (patience.for_a_lock, patience.for_a_statement))
        report = await connection.execute(_REPORT, (step.number,))
        command = await connection.execute(_COMMAND, (command_id,))
        path = await connection.execute(_PATH, (handler_id,))
        mark = await connection.execute(PROCESS_TIME_MARK)
        asked_before = (step.number, fired.deadline, fired.ahead_of) if fired else (None,) * 3
        waiting = await connection.execute(_WAITING, asked_before)
        found, sent = await report.fetchone(), await command.fetchone()
        agency, marked = await path.fetchone(), await mark.fetchone()
        waits = await waiting.fetchone() is not None
    if found is None:
        return None
    assert marked is not None
    state = ReportState.model_validate_json(found[0]).model_copy(update={"identity": found[2]})
    return Stored(
        state=state,
        external_id=found[1],
        command=_stored_command(sent) if sent else None,
        another_waits=waits and fired is not None and fired.patient,
        handler_path=tuple(agency[0]) if agency else (handler_id or state.handler_id,),
        process_time_mark=marked[0],
    )


def _stored_command(row: tuple[Any, ...]) -> StoredCommand:
    command_id, body, done, version, status, refusal = row
    outcome = None
    if done is not None:
        outcome = Outcome(
            command_id=command_id, done=done, version=version, status=status, refusal=refusal
        )
    return StoredCommand(Command.model_validate(body), outcome)


_LIMITS = """
SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)
"""
# Not FOR UPDATE, so that rows that refer to the report may be inserted meanwhile.
_REPORT = """
SELECT state::text, external_id, identity FROM lifecycle.report WHERE number = %s FOR NO KEY UPDATE
"""
_COMMAND = """
SELECT id, body, done, version, status, refusal FROM lifecycle.command WHERE id = %s FOR UPDATE
"""
_PATH = "SELECT path FROM routing.agency_directory WHERE id = %s"
_WAITING = """
SELECT 1 FROM lifecycle.command
WHERE number = %s AND done IS NULL AND at < %s AND id IS DISTINCT FROM %s LIMIT 1
"""
