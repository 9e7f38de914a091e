"""The words used in published reports, against which typing errors are corrected.

Only corrected words of public reports count, and only if several reports use them, so that a word
reveals neither a person nor a report. They are gathered from the newest reports every few hours
rather than as each report is written; while there are few reports, every few minutes, since a day's
new ones then hold half of all words.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.database.engine import Database

EVERY: Final = timedelta(hours=6)
WHILE_FEW_EVERY: Final = timedelta(minutes=2)
"""The interval while there are so few reports that one statement reads all."""
LOOK_EVERY: Final = 60.0
"""Seconds between checks whether it is time."""
NEWEST: Final = 50_000
"""How many report numbers are read each time; words of older reports were kept earlier."""
AT_ONCE: Final = 2_500
"""How many report numbers one statement reads, in some tenths of a second."""
SAID_BY: Final = 3
"""A word is kept if at least this many of these reports contain it."""
FORGOTTEN_AFTER: Final = timedelta(days=400)


async def gather_words(database: Database) -> int:
    """Read the new reports, unless another process did so recently; return in how many slices."""
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
    """Whether it is time. Marks it as done, so that only one of several processes does it."""
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
