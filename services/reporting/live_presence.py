"""Finds out which reports somebody of the staff opened or left, with one query for all streams."""

from collections import defaultdict

from sqlalchemy import select
from sqlmodel import col

from services.reporting.live_feed import LiveFeed, OpenedOrLeft
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.views import OpenReport

LOOK_EVERY = 2.0
"""Seconds between two queries, while there is a stream."""

_Open = dict[tuple[int, int], int]
"""The handler of a report, by its number and the id of a person who has it open."""


class PresenceChanges:
    """Sends to the streams of this process which reports were opened or left since the last look,
    whichever process recorded it."""

    def __init__(self, database: Database, feed: LiveFeed) -> None:
        self._database = database
        self._feed = feed
        self._open: _Open = {}

    async def look(self) -> None:
        """Compare with the last look. After a time without streams, all that are open are new."""
        before, open_now = self._open, await self._read() if self._feed.is_read else {}
        handlers = open_now | before
        people: dict[tuple[int, int], set[int]] = defaultdict(set)
        for number, staff_id in open_now.keys() ^ before.keys():
            people[number, handlers[number, staff_id]].add(staff_id)
        for (number, handler_id), changed in people.items():
            self._feed.pass_on(OpenedOrLeft(number, handler_id, frozenset(changed)))
        self._open = open_now

    async def _read(self) -> _Open:
        open_reports = select(
            col(OpenReport.number), col(OpenReport.staff_id), col(Report.handler_id)
        ).join(Report, col(Report.number) == col(OpenReport.number))
        async with self._database.autocommit() as connection:
            rows = await connection.execute(open_reports)
            return {(number, staff_id): handler_id for number, staff_id, handler_id in rows}
