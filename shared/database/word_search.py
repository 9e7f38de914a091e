"""Searches reports by words: newest first, in slices of numbers, with bounded work (decision
61)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

BUCKET: Final = 4096
"""How many neighbouring numbers the index of words distinguishes (`report_text_words`)."""
FIRST: Final = 512
"""The numbers in the first slice; a later slice has at most `GROWTH` times those of the one
before."""
FREQUENT: Final = 0.1
"""The share of reports from which words are frequent: then reading each report is faster than the
index of words."""
GROWTH: Final = 8
ROWS: Final = 2_500
"""The rows that one slice should read."""
MOST: Final = 12_000
"""The most rows that one search reads, in some tenths of a second; then it answers with what it
has."""
PROBE: Final = 4
"""The reports that can be read in order in the time of one index look-up."""
PART: Final = 4
"""For less than a fourth of the numbers, the index is asked by bucket and not for all numbers."""
FEW: Final = 2_000
"""Up to so many reports are read one by one, without slices."""
NEWEST: Final = 500
"""Of how many reports the words are read to find what was mistyped, in some hundredths of a
second."""


@dataclass(frozen=True)
class Searched:
    """The reports to search.

    `standing` selects their numbers from `:first` to below `:end` by an index, and `belongs` is the
    same as a condition on `lifecycle.report r`. `count` is their number, or None if it is not
    known: then they are found only by their words. `filters` narrow them further, `words` does so
    by `lifecycle.report_text t`. `parameters` are for all of these. Numbers below `first` are not
    searched. `probes` is how often `standing` asks its index.
    """

    belongs: str
    parameters: Mapping[str, Any]
    standing: str = ""
    count: int | None = None
    filters: str = "true"
    words: str = "true"
    first: int = 0
    probes: int = 0


@dataclass(frozen=True)
class Matches:
    """The newest numbers that match, descending.

    All numbers from `reached` on have been searched; None means that all have.
    """

    numbers: list[int]
    reached: int | None


async def newest_matches(
    session: AsyncSession, words: str, searched: Searched, before: int | None, limit: int
) -> Matches:
    """Up to `limit` reports below number `before` whose words match, as in a web search.

    A slice is answered by the words or by the searched reports, whichever are fewer there. So
    frequent words are found among the newest reports, rare ones by the index of words, and an
    agency's few reports by reading each. If both are many and seldom meet, the search stops after
    `MOST` rows: it may then return fewer than `limit` numbers, or none, though more exist.
    """
    low, high, indexed = (await session.execute(_BOUNDS, {"q": words})).one()
    if low is None or not indexed:
        return Matches([], None)
    whole, low, high = high - low, max(low, searched.first), min(before or high + 1, high + 1)
    span = max(high - low, 1)
    by_words, by_reports = _Seen(), _Seen(searched.count, span)
    few = searched.count is not None and searched.count <= FEW
    width, found, looked_at = span if few else FIRST, list[int](), 0
    parameters = {**searched.parameters, "q": words, "most": limit}
    while high > low and len(found) < limit and looked_at < MOST:
        first, seen = max(high - width, low), by_words
        if few or (by_words.known and by_reports.density < by_words.density):
            seen, statement = by_reports, _by_reports(searched, high - first)
        elif indexed == _NOTHING or by_words.density >= FREQUENT:
            first = max(first, high - ROWS)
            looked_at += high - first
            statement = _by_words(searched, _READ)
        elif by_words.density * (high - low) <= 2 * ROWS:
            share = by_reports.density if by_reports.known else 1
            enough = int(2 * (limit - len(found)) / (by_words.density * share))
            first = max(high - enough, low)
            if (high - first) * PART <= whole:
                statement = _by_words(searched, _IN_BUCKETS)
            else:
                first, statement = low, _by_words(searched, _INDEXED)
        else:
            first = max(first // BUCKET * BUCKET, low)
            statement = _by_words(searched, _IN_BUCKETS)
        rows, numbers = (await session.execute(statement, parameters | _slice(first, high))).one()
        found += numbers
        looked_at += rows
        seen.add(rows, high - first)
        densest = min(by_words.density, by_reports.density)
        width, high = min(int(ROWS / densest), GROWTH * (high - first)), first
    if len(found) >= limit:
        return Matches(found[:limit], found[limit - 1])
    return Matches(found, high if high > low else None)


async def similar_words(
    session: AsyncSession, typed: Sequence[str], searched: Searched
) -> list[tuple[str, str, int]]:
    """Of the words that the newest of these reports use: each typed one and one that is spelt
    nearly so or the same, with how many of these reports use it.

    Only words are read by which a search finds these reports too.
    """
    low, high, _ = (await session.execute(_BOUNDS, {"q": ""})).one()
    if low is None or not searched.count:
        return []
    low = max(low, searched.first)
    width = high + 1 - low
    if searched.count > FEW:
        width = min(width, NEWEST * width // searched.count)
    statement = text(
        _SIMILAR_WORDS.format(
            standing=_standing(searched, width), words=searched.words, filters=searched.filters
        )
    )
    given = {"typed": list(typed), "newest": NEWEST}
    parameters = {**searched.parameters, **given, **_slice(high + 1 - width, high + 1)}
    rows = await session.execute(statement, parameters)
    return [(row.typed, row.word, row.reports) for row in rows]


class _Seen:
    """How many rows there were among how many numbers."""

    def __init__(self, rows: int | None = None, numbers: int = 0) -> None:
        self._rows, self._numbers = rows or 0, numbers if rows is not None else 0

    def add(self, rows: int, numbers: int) -> None:
        self._rows += rows
        self._numbers += numbers

    @property
    def known(self) -> bool:
        return self._numbers > 0

    @property
    def density(self) -> float:
        """The share of numbers with a row: never zero, and 1 if nothing is known yet."""
        return (self._rows + 1) / self._numbers if self._numbers else 1.0


def _slice(first: int, end: int) -> dict[str, int]:
    buckets = {"from_bucket": first // BUCKET, "to_bucket": (end - 1) // BUCKET}
    return {"first": first, "end": end} | buckets


def _by_words(searched: Searched, matching: str) -> TextClause:
    return text(
        _BY_WORDS.format(
            matching=matching.format(words=searched.words),
            reports=f"{searched.belongs} AND {searched.filters}",
        )
    )


def _by_reports(searched: Searched, numbers: int) -> TextClause:
    standing = _standing(searched, numbers)
    return text(
        _BY_REPORTS.format(standing=standing, words=searched.words, filters=searched.filters)
    )


def _standing(searched: Searched, numbers: int) -> str:
    """The statement for these reports among so many numbers, whichever reads less."""
    all_there = _ALL_THERE.format(searched.belongs)
    return all_there if searched.probes * PROBE > numbers else searched.standing


_BOUNDS = text(
    "SELECT min(number), max(number), querytree(websearch_to_tsquery('indonesian', :q))"
    " FROM lifecycle.report"
)
_NOTHING = "T"
"""The part of a query that the index can answer (`querytree`), if its words only exclude
reports."""
# `+ 0`: by the index of words alone, not by that of numbers, whatever Postgres guesses of how rare
# words are. Likewise OFFSET 0: each row is read by its number.
_INDEXED = """
    SELECT t.number FROM lifecycle.report_text t
    WHERE t.search @@ websearch_to_tsquery('indonesian', :q) AND {words}
      AND t.number + 0 >= :first AND t.number + 0 < :end
"""
# Bucket by bucket: a range is two conditions to such an index, of which each is met by nearly all
# reports, and all of those were read, a second of ten million.
_IN_BUCKETS = f"""
    SELECT t.number
    FROM generate_series(CAST(:from_bucket AS bigint), CAST(:to_bucket AS bigint)) bucket, LATERAL (
        SELECT t.* FROM lifecycle.report_text t
        WHERE t.search @@ websearch_to_tsquery('indonesian', :q) AND t.number / {BUCKET} = bucket
          AND t.number + 0 >= :first AND t.number + 0 < :end OFFSET 0) t
    WHERE {{words}}
"""  # noqa: S608
_READ = """
    SELECT t.number FROM (
        SELECT * FROM lifecycle.report_text WHERE number >= :first AND number < :end OFFSET 0) t
    WHERE t.search @@ websearch_to_tsquery('indonesian', :q) AND {words}
"""
_ALL_THERE = """
    SELECT r.number FROM lifecycle.report r WHERE r.number >= :first AND r.number < :end AND {}
"""
_BY_WORDS = """
WITH looked_at AS MATERIALIZED ({matching})
SELECT (SELECT count(*) FROM looked_at), ARRAY(
    SELECT f.number FROM looked_at l, LATERAL (
        SELECT r.number FROM lifecycle.report r
        WHERE r.number = l.number AND {reports} OFFSET 0) f
    ORDER BY f.number DESC LIMIT :most)
"""
_BY_REPORTS = """
WITH looked_at AS MATERIALIZED ({standing})
SELECT (SELECT count(*) FROM looked_at), ARRAY(
    SELECT f.number FROM looked_at l, LATERAL (
        SELECT r.number FROM lifecycle.report r JOIN lifecycle.report_text t ON t.number = r.number
        WHERE r.number = l.number AND {filters} AND {words}
          AND t.search @@ websearch_to_tsquery('indonesian', :q) OFFSET 0) f
    ORDER BY f.number DESC LIMIT :most)
"""
# The text is what the column `search` has: the corrected words, or those sent if there are none.
# Most errors are two letters more or fewer (`spelling`).
_SIMILAR_WORDS = """
WITH newest AS MATERIALIZED (
    SELECT n.number FROM ({standing}) n ORDER BY n.number DESC LIMIT :newest),
used AS MATERIALIZED (
    SELECT used.word, count(*)::int AS reports
    FROM newest n JOIN lifecycle.report r ON r.number = n.number
    JOIN lifecycle.report_text t ON t.number = n.number, LATERAL unnest(tsvector_to_array(
        to_tsvector('simple', coalesce(t.title, t.original_title) || ' '
            || coalesce(t.body, t.original_body)))) used (word)
    WHERE {filters} AND {words} GROUP BY used.word)
SELECT m.typed, used.word, used.reports
FROM unnest(CAST(:typed AS text[])) m (typed) JOIN used
    ON abs(length(used.word) - length(m.typed)) <= 2 AND used.word % m.typed
WHERE used.word ~ '^[a-z]{{4,24}}$'
"""
