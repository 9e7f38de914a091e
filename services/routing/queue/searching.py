"""Searching a queue: by number or by words, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.filters import QueueQuery, QueueTab, number_in
from services.routing.queue.ordering import Newest
from shared.database.word_search import Searched, newest_matches
from shared.http.paging import decode_cursor, encode_cursor
from shared.lifecycle.statuses import Tab


@dataclass(frozen=True)
class Source:
    """What a tab is made of: reports of the handlers `agencies` in `tabs` of the parameters, or
    (`tabs` None) those whose numbers a statement selects, whoever handles them."""

    tabs: Sequence[Tab] | None
    conditions: Sequence[str]
    parameters: dict[str, Any]
    numbers: str = ""

    @classmethod
    def of_numbers(cls, statement: str, parameters: dict[str, Any]) -> "Source":
        """`statement` selects `q.number`."""
        return cls(None, [f"r.number IN ({statement})"], parameters, statement)


async def search(
    session: AsyncSession,
    source: Source,
    query: QueueQuery,
    filters: Sequence[str],
    given: dict[str, Any],
) -> tuple[list[int], str | None]:
    """The numbers of one page, and the cursor from which to search on. A page may be short, or
    empty, though there is a next one: what one search looks at is bounded."""
    position = decode_cursor(query.cursor, Newest)
    before = position.n if position else None
    searched = await _searched(session, source, query, filters, given)
    words = query.q or ""
    matches = await newest_matches(session, words, searched, before, query.limit)
    numbers, reached = set(matches.numbers), matches.reached
    asked_for = number_in(words)
    due = asked_for is not None and (reached or 0) <= asked_for < (before or asked_for + 1)
    if due and await _is_there(session, searched, asked_for):
        numbers.add(asked_for or 0)
    page = sorted(numbers, reverse=True)[: query.limit]
    if len(page) < len(numbers):
        reached = page[-1]
    return page, None if reached is None else encode_cursor(Newest(n=reached))


async def _searched(
    session: AsyncSession,
    source: Source,
    query: QueueQuery,
    filters: Sequence[str],
    given: dict[str, Any],
) -> Searched:
    parameters = source.parameters | given
    words = "t.title IS NOT NULL" if query.tab is QueueTab.COPIES else "true"
    narrowed = " AND ".join(filters) or "true"
    if source.tabs is None:
        [(count,)] = await session.execute(text(_COUNT.format(source.numbers)), source.parameters)
        standing = _NUMBERED.format(source.numbers)
        [belongs] = source.conditions
        return Searched(belongs, parameters, standing, count, narrowed, words)
    counting = _GIVEN if "giver" in source.parameters else _HANDLED
    [(count,)] = await session.execute(text(counting), source.parameters)
    belongs = " AND ".join([_BELONGS, *source.conditions])
    handed_down = " AND ".join(source.conditions) or "true"
    return Searched(belongs, parameters, _STANDING.format(handed_down), count, narrowed, words)


async def _is_there(session: AsyncSession, searched: Searched, number: int | None) -> bool:
    condition = f"r.number = :asked_for AND {searched.belongs} AND {searched.filters}"
    statement = text(f"SELECT FROM lifecycle.report r WHERE {condition}")
    matches = await session.execute(statement, {**searched.parameters, "asked_for": number})
    return matches.first() is not None


_NUMBERED = "SELECT DISTINCT q.number FROM ({}) q WHERE q.number >= :first AND q.number < :end"
_BELONGS = "r.handler_id = ANY (:agencies) AND r.tab = ANY (:tabs)"
_COUNT = "SELECT count(DISTINCT q.number) FROM ({}) q"
_HANDLED = """
SELECT coalesce(sum(reports), 0)::bigint FROM lifecycle.tab_reports
WHERE NOT given AND agency_id = ANY (:agencies) AND tab = ANY (:tabs)
"""
_GIVEN = """
SELECT coalesce(sum(reports), 0)::bigint FROM lifecycle.tab_reports
WHERE given AND agency_id = ANY (:giver) AND tab = ANY (:tabs)
"""
# One index probe for each handler and tab: `report_newest` has nothing but what is asked for.
_STANDING = """
SELECT r.number
FROM unnest(CAST(:agencies AS int[])) AS h (id), unnest(CAST(:tabs AS text[])) AS s (tab), LATERAL (
    SELECT r.number FROM lifecycle.report r
    WHERE r.handler_id = h.id AND r.tab = s.tab AND r.number >= :first AND r.number < :end
      AND {} OFFSET 0) r
"""
