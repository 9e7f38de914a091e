"""The launcher: starts a report's workflow when the event of its acceptance arrives.

It runs in the worker, because the server then answers a start with the run's first task. The run is
open to all workers, whichever process launches it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import orjson
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, MessageOutcome
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage, TryLater
from shared.bus.streams import LAUNCHER
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.state import ReportState
from shared.privacy.identity import IdentityCipher
from shared.resilience.periodic import is_away
from shared.settings import Settings
from shared.telemetry import continued_trace
from shared.temporal.report_gateway import ReportGateway
from workflows.card import first_card
from workflows.first_tasks import FirstTasks
from workflows.launch_slots import LaunchSlots

_AWAY: Final = 5.0
"""Seconds until a launch that failed because Temporal was away is tried again."""


class Submitted(BaseModel):
    """The part of the event that is read: the number. The report's state is read from its row."""

    number: int


class Launcher:
    """Starts runs, many together. One statement reads their rows, another marks them as launched.

    A report that is launched twice is started once.
    """

    def __init__(
        self, database: Database, gateway: ReportGateway, slots: LaunchSlots | None = None
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._slots = slots or LaunchSlots()
        self._first_tasks = FirstTasks()

    async def handle(self, messages: Sequence[Msg]) -> list[MessageOutcome]:
        """Launch the reports of these `submitted` events; one outcome for each event."""
        numbers: list[int | BadMessage] = [_number(message) for message in messages]
        headers = {
            number: message.headers or {}
            for number, message in zip(numbers, messages, strict=True)
            if isinstance(number, int)
        }
        waiting = len(messages) + messages[-1].metadata.num_pending
        failed = await self.launch(headers, waiting)
        return [
            number if isinstance(number, BadMessage) else _outcome(failed.get(number))
            for number in numbers
        ]

    async def launch(
        self, reports: Mapping[int, Mapping[str, str]], waiting: int
    ) -> dict[int, Exception]:
        """Start the runs of these reports and mark them as launched; return the errors by number.

        `reports` maps each number to the headers of its trace. Reports launched before are left
        alone. `waiting` is the number of all reports that wait to be launched.
        """
        if not reports:
            return {}
        async with self._database.autocommit() as connection:
            rows = (await connection.execute(_ROWS, {"numbers": list(reports)})).all()
        failed: dict[int, Exception] = dict.fromkeys(reports, TryLater("no such report yet"))

        async def start(row: Any) -> None:
            async with self._slots:
                try:
                    if row.launched_at is None:
                        with continued_trace(reports[row.number]):
                            await self._start(ReportState.model_validate(row.state), waiting)
                except Exception as error:  # noqa: BLE001  the others are launched
                    failed[row.number] = error
                else:
                    del failed[row.number]

        await asyncio.gather(*(start(row) for row in rows))
        started = [row.number for row in rows if row.number not in failed]
        async with self._database.autocommit() as connection:
            await connection.execute(_LAUNCHED, {"numbers": started})
        return failed

    async def _start(self, state: ReportState, waiting: int) -> None:
        delay = self._first_tasks.delay(state, now(), waiting)
        details = first_card(state) if delay > timedelta() else None
        await self._gateway.launch(state, delay=delay, details=details)


def make_consumer(bus: Bus, launcher: Launcher, database: Database, settings: Settings) -> Consumer:
    """The durable consumer that feeds a launcher."""
    return Consumer(
        bus,
        LAUNCHER,
        launcher.handle,
        to_dead_letters(bus, database, IdentityCipher(settings.identity_keys), LAUNCHER.stream),
        give_up_after=1_000_000,  # a report is never given up
    )


def _number(message: Msg) -> int | BadMessage:
    try:
        return Submitted.model_validate(orjson.loads(message.data)["data"]).number
    except (orjson.JSONDecodeError, KeyError, TypeError, ValidationError):
        return BadMessage("not_cloudevent", "no event of ours")


def _outcome(error: Exception | None) -> MessageOutcome:
    return TryLater("Temporal is away", _AWAY) if error is not None and is_away(error) else error


_ROWS = text(
    "SELECT number, launched_at, state FROM lifecycle.report WHERE number = ANY (:numbers)"
)
_LAUNCHED = text(
    "UPDATE lifecycle.report SET launched_at = now()"
    " WHERE number = ANY (:numbers) AND launched_at IS NULL"
)
