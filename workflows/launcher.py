"""The launcher: starts a report's workflow when its acceptance is heard of."""

import asyncio
import logging

import orjson
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from shared.bus.connection import Bus, connect
from shared.bus.consumer import Consumer, each, run_until
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage, TryLater
from shared.bus.streams import LAUNCHER
from shared.database.engine import Database
from shared.lifecycle.state import ReportState
from shared.privacy.identity import IdentityCipher
from shared.process import run_process, wait_for_database
from shared.resilience.stopping import unless_stopped
from shared.settings import Settings
from shared.temporal.client import connect as connect_temporal
from shared.temporal.report_gateway import ReportGateway
from workflows.resend_commands import LAUNCHED

log = logging.getLogger(__name__)

LAUNCHES_AT_ONCE = 32


class Submitted(BaseModel):
    """Of the event, only which report: its state is read from the row."""

    number: int


class Launcher:
    """Handles `submitted` events. The same one twice starts nothing twice."""

    def __init__(self, database: Database, gateway: ReportGateway) -> None:
        self._database = database
        self._gateway = gateway

    async def launch(self, message: Msg) -> None:
        """Start the run, unless the report has gone on already: then it had one."""
        number = _number(message)
        async with self._database.autocommit() as connection:
            row = (await connection.execute(_ROW, {"number": number})).one_or_none()
        if row is None:
            raise TryLater("no such report yet")
        if row.launched_at is not None:
            return
        if row.version == 1:
            await self._gateway.launch(ReportState.model_validate(row.state))
        async with self._database.autocommit() as connection:
            await connection.execute(LAUNCHED, {"number": number})


async def run(settings: Settings, stopping: asyncio.Event) -> None:
    """Launch until told to stop."""
    database = Database(settings.database_url, pool_size=8, application="lapor-launcher")
    try:
        await wait_for_database(database, stopping)
        bus = await unless_stopped(stopping, connect(settings.nats_url, "launcher"))
        gateway = ReportGateway(await connect_temporal(settings, "launcher"), database)
        await run_until(
            stopping, make_consumer(bus, Launcher(database, gateway), database, settings)
        )
        await bus.close()
    finally:
        await database.dispose()


def make_consumer(bus: Bus, launcher: Launcher, database: Database, settings: Settings) -> Consumer:
    """The durable consumer that feeds a launcher."""
    return Consumer(
        bus,
        LAUNCHER,
        each(launcher.launch, LAUNCHES_AT_ONCE),
        to_dead_letters(bus, database, IdentityCipher(settings.identity_keys), LAUNCHER.stream),
        give_up_after=1_000_000,  # a report is never given up
    )


def _number(message: Msg) -> int:
    try:
        return Submitted.model_validate(orjson.loads(message.data)["data"]).number
    except (orjson.JSONDecodeError, KeyError, TypeError, ValidationError):
        raise BadMessage("not_cloudevent", "no event of ours") from None


_ROW = text("SELECT version, launched_at, state FROM lifecycle.report WHERE number = :number")

if __name__ == "__main__":
    run_process("launcher", run, "postgres", "nats", "temporal")
