"""Keeps the statistics: by the events of reports, and by what no event tells: agencies that moved
in the tree, and reports that were counted by former rules."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from nats.aio.msg import Msg
from pydantic import ValidationError

from services.reporting.statistics.updates import COUNTED_BY, alone, refresh
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
"""Seconds between two looks for agencies that moved."""
AT_ONCE: Final = 500
REST: Final = 0.5
"""Seconds by which a figure may be behind for each batch to have more in it."""
ALWAYS: Final = 1_000_000
"""Deliveries: no report is left out because the database was away for long."""


def statistics_kept(database: Database, settings: Settings) -> AbstractAsyncContextManager[None]:
    """Keep the statistics until the block ends; needs NATS and Postgres, waits for both."""
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
                lanes=1,  # whoever writes is alone
                rest=REST,
                give_up_after=ALWAYS,
            ),
            Recounting(database),
        ],
    )


class Follower:
    """Brings facts and tallies up to date. An event says only which report has come to which
    version; the rest is read from the history, so that order, gaps and repeats do not matter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, messages: Sequence[Msg]) -> list[MessageOutcome]:
        """The reports of these events, in one transaction."""
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
            await alone(connection)
            known = await connection.execute(_KNOWN, (list(newest),))
            versions = dict(await known.fetchall())
            behind = [n for n, version in newest.items() if versions.get(n, 0) < version]
            if behind:
                await refresh(connection, behind)


class Recounting:
    """Looks, as long as it runs, whether agencies stand elsewhere in the tree than their reports
    were counted, or reports were counted by the rules of a former version, and counts these anew.
    Interrupted, it goes on with what is left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.catch_up()
            except Exception as error:  # noqa: BLE001  looked for again in a while
                _log.warning("statistics: %s, looking again", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)

    async def catch_up(self) -> int:
        """How many reports were counted anew. What is interrupted is found again."""
        counted = 0
        while not self._stopping.is_set():
            async with self._database.session() as session:
                connection = await raw(session)
                await alone(connection)
                rows = await connection.execute(_TO_COUNT_ANEW, (AT_ONCE,))
                numbers = [number for (number,) in await rows.fetchall()]
                counted += await refresh(connection, numbers) if numbers else 0
            if len(numbers) < AT_ONCE:
                break
        return counted


_log = logging.getLogger("lapor.reporting")
_KNOWN = "SELECT number, version FROM reporting.fact WHERE number = ANY (%s)"
# Four probes of indexes for each agency that stands where it stood.
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
