"""Finds out which open bells must be updated, with one query for all. Something is new, or an item
was read elsewhere."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import ARRAY, BigInteger, Integer, cast, func, select, true
from sqlmodel import col

from services.notification.models import BellItem
from shared.database.engine import Database

LOOK_EVERY = 1.0
"""Seconds between two queries for items that this or another process wrote."""
STREAMS_OF_ONE = 6
STREAMS_OF_ALL = 2_000
"""The highest number of streams in one process."""

UNREAD_LOOKED_AT = 20
"""How many of a person's newest unread items are compared. A person with more unread items learns
later that another process marked one of the older ones read."""

_Newest = tuple[int, tuple[int, ...]]
"""The id of a person's newest item, and the ids of their newest unread items."""
_NOTHING: _Newest = (0, ())


@dataclass(eq=False)
class Listening:
    """One open bell. `changed` is set when there may be something new for the person."""

    staff_id: int
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class BellChanges:
    """Wakes the open bells of people who have new items, whichever process wrote them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening: set[Listening] = set()
        self._newest: dict[int, _Newest] = {}

    def is_full(self, staff_id: int) -> bool:
        """Whether this person, or this process, has the maximum number of bells open."""
        own = Counter(each.staff_id for each in self._listening)[staff_id]
        return own >= STREAMS_OF_ONE or len(self._listening) >= STREAMS_OF_ALL

    @contextmanager
    def listening(self, staff_id: int) -> Iterator[Listening]:
        """Register an open bell of this person until the block ends."""
        stream = Listening(staff_id)
        self._listening.add(stream)
        try:
            yield stream
        finally:
            self._listening.discard(stream)

    def wake(self, staff_id: int) -> None:
        """Wake this person's bells in this process, because an item was read."""
        for each in self._listening:
            if each.staff_id == staff_id:
                each.changed.set()

    async def look(self) -> None:
        """Wake the bells of people whose newest or newest unread items changed since the last look.

        Bells opened since then are woken too: they would miss what was written between their first
        answer and this look. Two changes are seen only at the next count: an item with a lower
        number that was committed after a newer one, and an item that another process marked read
        when the person has more than `UNREAD_LOOKED_AT` unread ones.
        """
        people = {each.staff_id for each in self._listening}
        newest = await self._newest_of(people) if people else {}
        for each in self._listening:
            if newest.get(each.staff_id, _NOTHING) != self._newest.get(each.staff_id):
                each.changed.set()
        self._newest = {id: newest.get(id, _NOTHING) for id in people}

    async def _newest_of(self, people: set[int]) -> dict[int, _Newest]:
        person = func.unnest(cast(list(people), ARRAY(Integer))).column_valued("person")
        own = select(col(BellItem.id)).where(col(BellItem.staff_id) == person)
        newest_first = own.order_by(col(BellItem.id).desc())
        last = newest_first.limit(1).lateral()
        few = newest_first.where(col(BellItem.read_at).is_(None)).limit(UNREAD_LOOKED_AT)
        unread = func.array(few.scalar_subquery(), type_=ARRAY(BigInteger)).label("unread")
        # For each person: one row of the index of all items, and a few of the index of unread ones.
        newest = select(person, last.c.id, unread).join(last, true())
        async with self._database.autocommit() as connection:
            rows = (await connection.execute(newest)).all()
        return {row.person: (row.id, tuple(row.unread)) for row in rows}
