"""Keeps the statistics up to date: by the events of reports, and by looking for changes without an
event: agencies that moved in the tree, and reports that were counted by former rules."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from nats.aio.msg import Msg
from pydantic import ValidationError

from services.reporting.statistics.updates import COUNTED_BY, lock_statistics, refresh
from shared.bus.cloudevents import decode
from shared.bus.consumer import Consumer, MessageOutcome
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage
from shared.bus.streams import STATISTICS
from shared.database.engine import Database, raw
from shared.lifecycle.events import ReportEvent
from shared.partners.background import in_background
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings

LOOK_EVERY: Final = 60.0
"""Seconds between two searches for agencies that moved."""
AT_ONCE: Final = 500
REST: Final = 0.5
"""Seconds that a figure may be behind, so that each batch has more events."""
ALWAYS: Final = 1_000_000
"""The number of deliveries before giving up: so high that no report is lost when the database is
unavailable for long."""


def keep_statistics(database: Database, settings: Settings) -> AbstractAsyncContextManager[None]:
    """Keep the statistics up to date until the block ends. It needs NATS and Postgres and waits for
    both."""
    cipher = IdentityCipher(settings.identity_keys)
    return in_background(
        settings.nats_url,
        "statistics",
        lambda bus: [
            Consumer(
                bus,
                STATISTICS,
                Follower(database).follow,
                to_dead_letters(bus, database, cipher, STATISTICS.stream),
                batch=AT_ONCE,
                lanes=1,  # only one writer at a time
                rest=REST,
                give_up_after=ALWAYS,
            ),
            Recounting(database),
        ],
    )


class Follower:
    """Brings facts and tallies up to date. An event only says which version a report has reached;
    the rest is read from the history. So the order, gaps and repetition of events do not matter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, messages: Sequence[Msg]) -> list[MessageOutcome]:
        """Update the reports of these events in one transaction, and return the outcome of each
        message."""
        outcomes: list[MessageOutcome] = []
        newest: dict[int, int] = {}
        for message in messages:
            try:
                data = decode(message.headers, message.data).get_data()
                event = ReportEvent.model_validate(data)
            except ValidationError as error:
                outcomes.append(BadMessage.from_validation(error))
            except BadMessage as bad:
                outcomes.append(bad)
            else:
                outcomes.append(None)
                newest[event.number] = max(event.version, newest.get(event.number, 0))
        if newest:
            await self._bring_up_to(newest)
        return outcomes

    async def _bring_up_to(self, newest: dict[int, int]) -> None:
        async with self._database.session() as session:
            connection = await raw(session)
            await lock_statistics(connection)
            known = await connection.execute(_KNOWN, (list(newest),))
            versions = dict(await known.fetchall())
            behind = [n for n, version in newest.items() if versions.get(n, 0) < version]
            if behind:
                await refresh(connection, behind)


class Recounting:
    """Recounts reports regularly while it runs: those whose agencies have moved in the tree, and
    those counted by former rules. After an interruption it continues with those that are left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop` is called."""
        while not self._stopping.is_set():
            try:
                await self.catch_up()
            except Exception as error:  # noqa: BLE001  looked for again in a while
                _log.warning("statistics: %s, looking again", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)

    async def catch_up(self) -> int:
        """Recount what has to be recounted and return the number of reports. Reports missed by an
        interruption are found the next time."""
        counted = 0
        while not self._stopping.is_set():
            async with self._database.session() as session:
                connection = await raw(session)
                await lock_statistics(connection)
                rows = await connection.execute(_TO_COUNT_ANEW, (AT_ONCE,))
                numbers = [number for (number,) in await rows.fetchall()]
                counted += await refresh(connection, numbers) if numbers else 0
            if len(numbers) < AT_ONCE:
                break
        return counted


_log = logging.getLogger("lapor.reporting")
_KNOWN = "SELECT number, version FROM reporting.fact WHERE number = ANY (%s)"
# Costs four index lookups for each agency that has not moved.
_TO_COUNT_ANEW = f"""
SELECT number FROM reporting.fact WHERE counted_by < {COUNTED_BY}
UNION
SELECT f.number FROM routing.agency_directory a
CROSS JOIN LATERAL (
    SELECT number FROM reporting.fact WHERE handler_id = a.id AND path < a.path
    UNION ALL
    SELECT number FROM reporting.fact WHERE handler_id = a.id AND path > a.path
    UNION ALL
    SELECT number FROM reporting.holding WHERE agency_id = a.id AND path < a.path
    UNION ALL
    SELECT number FROM reporting.holding WHERE agency_id = a.id AND path > a.path
) f
LIMIT %s
"""  # noqa: S608
