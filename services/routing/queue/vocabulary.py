"""The words that published reports are written with, by which typing errors are known.

Only corrected words of reports that the public reads, said by several: none of these tells of
anybody, or that there is a report. They are gathered from the newest reports every some hours, not
as each report is written; every few minutes while there are few reports, where a day's new ones are
half of all words.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.database.engine import Database

EVERY: Final = timedelta(hours=6)
WHILE_FEW_EVERY: Final = timedelta(minutes=2)
"""While one statement reads all."""
LOOK_EVERY: Final = 60.0
"""Seconds between looks whether it is time."""
NEWEST: Final = 50_000
"""Numbers that are read each time; what older reports said is kept from before."""
AT_ONCE: Final = 2_500
"""Numbers that one statement reads, some tenths of a second."""
SAID_BY: Final = 3
"""So many of these say a word that is kept."""
FORGOTTEN_AFTER: Final = timedelta(days=400)


async def gather_words(database: Database) -> int:
    """Read what is new, unless another process has a while ago; in how many slices."""
    async with database.session() as session:
        first, last = (await session.execute(_BOUNDS)).one()
        few = last is None or last - first < AT_ONCE
        if not await _is_due(session, WHILE_FEW_EVERY if few else EVERY):
            return 0
        await session.execute(_FORGET, {"before": now() - FORGOTTEN_AFTER})
    if last is None:
        return 0
    ends = range(last + 1, max(first, last - NEWEST), -AT_ONCE)
    for end in ends:
        async with database.session() as session:
            slice = {"first": end - AT_ONCE, "end": end, "most": SAID_BY, "at": now()}
            await session.execute(_GATHER, slice)
    return len(ends)


async def _is_due(session: AsyncSession, every: timedelta) -> bool:
    """Marks it as done, so that of several processes one does it."""
    marked = await session.execute(_MARK, {"at": now(), "before": now() - every})
    return marked.first() is not None


_MARK = text("""
INSERT INTO routing.words_gathered AS g (id, at) VALUES (1, :at)
ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE g.at <= :before
RETURNING id
""")
_BOUNDS = text("SELECT min(number), max(number) FROM lifecycle.report_text")
_FORGET = text("DELETE FROM routing.report_word WHERE seen_at < :before")
_GATHER = text("""
INSERT INTO routing.report_word AS w (word, reports, seen_at)
SELECT said.word, count(*), :at
FROM lifecycle.report_text t JOIN lifecycle.report r ON r.number = t.number, LATERAL unnest(
    tsvector_to_array(to_tsvector('simple', t.title || ' ' || coalesce(t.body, '')))) said (word)
WHERE t.number >= :first AND t.number < :end AND t.title IS NOT NULL
  AND NOT r.secret AND r.tab IN ('awaiting_follow_up', 'in_process', 'closed')
  AND said.word ~ '^[a-z]{4,24}$'
GROUP BY said.word HAVING count(*) >= :most
ON CONFLICT (word) DO UPDATE
    SET reports = greatest(w.reports, excluded.reports), seen_at = excluded.seen_at
""")
