"""Who of those that listen has something new in the bell, or has read it elsewhere: one look for
all of them."""

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
"""Seconds between two looks for what was written, by this process or another."""
STREAMS_OF_ONE = 6
STREAMS_OF_ALL = 2_000
"""Of one process."""

UNREAD_LOOKED_AT = 20
"""The newest so many of the unread items of a person: who has more sees later that one of the
others was read elsewhere."""

_Newest = tuple[int, tuple[int, ...]]
"""The newest item of a person, and the newest unread ones."""
_NOTHING: _Newest = (0, ())


@dataclass(eq=False)
class Listening:
    """One open bell. `changed` is set when there may be something new for the person."""

    staff_id: int
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class BellChanges:
    """Wakes the bells of those for whom something was written, by whichever process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening: set[Listening] = set()
        self._newest: dict[int, _Newest] = {}

    def is_full(self, staff_id: int) -> bool:
        """Whether this person, or the process, has as many bells open as may be."""
        own = Counter(each.staff_id for each in self._listening)[staff_id]
        return own >= STREAMS_OF_ONE or len(self._listening) >= STREAMS_OF_ALL

    @contextmanager
    def listening(self, staff_id: int) -> Iterator[Listening]:
        """Until the block ends."""
        stream = Listening(staff_id)
        self._listening.add(stream)
        try:
            yield stream
        finally:
            self._listening.discard(stream)

    def wake(self, staff_id: int) -> None:
        """The bells of this person in this process: something was read."""
        for each in self._listening:
            if each.staff_id == staff_id:
                each.changed.set()

    async def look(self) -> None:
        """Wake those whose newest item, or newest unread ones, are others than at the last look,
        and those who came since: what was written between their first answer and this would be
        missed. An item that was numbered before the newest and committed after it, and one that was
        read by another process beside more than `UNREAD_LOOKED_AT` unread ones, are seen at the
        next count."""
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
        # One row of the index of all, and a few of that of what is unread, a person.
        newest = select(person, last.c.id, unread).join(last, true())
        async with self._database.autocommit() as connection:
            rows = (await connection.execute(newest)).all()
        return {row.person: (row.id, tuple(row.unread)) for row in rows}
