"""Follows the events of reports, and what no event tells: agencies moved, closed days edited."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any, Final

import orjson
import psycopg
from nats.aio.msg import Msg
from pydantic import BaseModel, ValidationError

from services.reporting.statistics.keeping import alone, refresh
from shared.bus import dead_letters
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, Verdict
from shared.bus.streams import STATISTICS
from shared.bus.trouble import BadMessage
from shared.database.engine import Database, raw
from shared.identity import IdentityCipher
from shared.settings import Settings

LOOK_EVERY: Final = 30.0
"""Seconds between two looks for what no event tells."""
AT_ONCE: Final = 500


class Happened(BaseModel):
    """Of an event, only which report and which version: the rest is read from the history."""

    number: int
    version: int


class Follower:
    """Brings facts and tallies up to date with batches of events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, messages: Sequence[Msg]) -> list[Verdict]:
        """Events of versions that are in the statistics already change nothing."""
        verdicts: list[Verdict] = []
        newest: dict[int, int] = {}
        for message in messages:
            try:
                event = Happened.model_validate(orjson.loads(message.data)["data"])
            except (orjson.JSONDecodeError, KeyError, TypeError, ValidationError):
                verdicts.append(BadMessage("not_cloudevent", "no event of ours"))
            else:
                verdicts.append(None)
                newest[event.number] = max(event.version, newest.get(event.number, 0))
        if newest:
            await self._bring_up_to(newest)
        return verdicts

    async def _bring_up_to(self, newest: dict[int, int]) -> None:
        async with self._database.session() as session:
            connection = await raw(session)
            await alone(connection)
            known = await connection.execute(_KNOWN, (list(newest),))
            versions = dict(await known.fetchall())
            behind = [n for n, version in newest.items() if versions.get(n, 0) < version]
            if behind:
                await refresh(connection, behind)


class Drift:
    """Looks, as long as it runs, whether agencies moved in the tree or the calendar changed, and
    computes anew the reports this concerns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001  looked for again in a while
                _log.warning("statistics: %s, looking again", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)

    async def once(self) -> int:
        """How many reports were computed anew. What is interrupted begins again."""
        async with self._database.session() as session:
            connection = await raw(session)
            moved = await _column(connection, _MOVED)
            days = await _column(connection, _CHANGED_DAYS)
            numbers = await _column(connection, _HANDLED_BY, (moved,)) if moved else []
            if days:
                numbers += await _column(connection, _MEASURED_ACROSS, (max(days), min(days)))
        numbers = sorted(set(numbers))
        for begin in range(0, len(numbers), AT_ONCE):
            if self._stopping.is_set():
                return begin
            async with self._database.session() as session:
                connection = await raw(session)
                await alone(connection)
                await refresh(connection, numbers[begin : begin + AT_ONCE])
        if days:
            async with self._database.session() as session:
                await (await raw(session)).execute(_MEASURED_WITH, (days, days))
        return len(numbers)


def make_readers(bus: Bus, database: Database, settings: Settings) -> tuple[Consumer, Drift]:
    """What the reporting service runs in the background."""
    cipher = IdentityCipher(settings.identity_keys)

    async def bury(message: Msg, bad: BadMessage) -> None:
        async with database.session() as session:
            letter = await dead_letters.keep(session, cipher, message, bad)
        await dead_letters.announce(bus, letter, STATISTICS.stream, bad.code)

    consumer = Consumer(
        bus,
        STATISTICS,
        Follower(database).follow,
        bury,
        batch=AT_ONCE,
        lanes=1,  # whoever writes is alone
        give_up_after=1_000_000,  # no report is left out
    )
    return consumer, Drift(database)


async def _column(
    connection: psycopg.AsyncConnection[Any], query: str, values: tuple[Any, ...] = ()
) -> list[Any]:
    rows = await connection.execute(query.encode(), values)
    return [one for (one,) in await rows.fetchall()]


_log = logging.getLogger("lapor.statistics")
_KNOWN = "SELECT number, version FROM reporting.fact WHERE number = ANY (%s)"
_MOVED = """
SELECT t.agency_id FROM reporting.tallied_agency t
JOIN routing.agency_directory a ON a.id = t.agency_id WHERE a.path <> t.path
"""
_HANDLED_BY = "SELECT number FROM reporting.fact WHERE handler_id = ANY (%s)"
_CHANGED_DAYS = """
SELECT coalesce(t.day, c.day) FROM reporting.tallied_closed_day t
FULL JOIN routing.published_closed_day c USING (day) WHERE t.day IS NULL OR c.day IS NULL
"""
_MEASURED_ACROSS = """
SELECT number FROM reporting.fact
WHERE submitted_at < %s::date + 2
    AND greatest(verified_at, first_follow_up_at, settled_at) > %s::date - 2
"""
# Exactly the days that were looked at: another edit may have come meanwhile.
_MEASURED_WITH = """
WITH opened AS (DELETE FROM reporting.tallied_closed_day WHERE day = ANY (%s) RETURNING day)
INSERT INTO reporting.tallied_closed_day
SELECT day FROM unnest(%s::date[]) AS changed (day) WHERE day NOT IN (SELECT day FROM opened)
"""
