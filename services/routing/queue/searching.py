"""Searching a queue by number, by a reporter's contact, or by words, best matches first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.by_contact import ContactFinder, TypedContact, contact_in
from services.routing.queue.filters import QueueQuery, QueueTab
from services.routing.queue.spelling import spelt_nearly
from shared.database.search_words import with_synonyms
from shared.database.word_search import Searched, newest_matches
from shared.http.paging import decode_cursor, encode_cursor
from shared.lifecycle.statuses import Tab
from shared.values.report_numbers import number_in, numbers_in


@dataclass(frozen=True)
class Source:
    """What a tab contains: the reports in `tabs` of the handlers `agencies` (in the parameters) or
    of all handlers (`everywhere`); if `tabs` is None, those whose numbers a statement selects."""

    tabs: Sequence[Tab] | None
    conditions: Sequence[str]
    parameters: dict[str, Any]
    numbers: str = ""
    everywhere: bool = False

    @property
    def belongs(self) -> str:
        """The reports of this source, as a condition on `lifecycle.report r`."""
        if self.tabs is None:
            return " AND ".join(self.conditions)
        handled = _BELONGS_ANYWHERE if self.everywhere else _BELONGS
        return " AND ".join([handled, *self.conditions])

    @property
    def probes(self) -> int:
        """How many pairs of handler and tab it has; 0 for numbers or with `everywhere`."""
        return len(self.parameters.get("agencies", ())) * len(self.tabs or ())

    @classmethod
    def of_tabs(
        cls,
        tabs: Sequence[Tab],
        agencies: Sequence[int] | None,
        conditions: Sequence[str] = (),
        **parameters: Any,
    ) -> "Source":
        """Reports in these tabs; `agencies` None means whoever handles them."""
        parameters["tabs"] = [tab.value for tab in tabs]
        if agencies is not None:
            parameters["agencies"] = agencies
        return cls(tabs, conditions, parameters, everywhere=agencies is None)

    @classmethod
    def of_numbers(cls, statement: str, parameters: dict[str, Any]) -> "Source":
        """Reports by number; `statement` selects `q.number`."""
        return cls(None, [f"r.number IN ({statement})"], parameters, statement)


class Found(NamedTuple):
    """The numbers of a page, and the cursor of the next. `corrected` holds the words that were
    searched for instead, spelt slightly differently, because no report has the words that were
    typed."""

    numbers: list[int]
    next: str | None
    corrected: str | None = None


class _Place(BaseModel):
    """The position after `at` reports of the block below number `n`; `w` holds the words searched
    for, if they were corrected."""

    model_config = ConfigDict(extra="forbid")

    n: int
    at: int = 0
    w: str | None = None


@dataclass(frozen=True)
class _Block:
    """The newest matches, best first. `reached`: all from this number on are searched; None:
    all."""

    numbers: list[int]
    reached: int | None


async def search(
    session: AsyncSession,
    source: Source,
    query: QueueQuery,
    filters: Sequence[str],
    given: dict[str, Any],
    finder: ContactFinder | None,
    of_numbers: Source | None = None,
) -> Found:
    """Return one page. It may be short or empty even though a next page exists, because one
    search reads a limited number of reports.

    Without a `finder` (for readers who may not search words), digits are only a report number.
    Numbers are looked for in `of_numbers`, if given, which is wider; a search for several numbers
    finds only those.
    """
    position = decode_cursor(query.cursor, _Place)
    words = query.q or ""
    if several := numbers_in(words):
        there = await _of_these(session, of_numbers or source, filters, given, several)
        return _paged(position, _Block(there, None), there, query.limit)
    typed = number_in(words)
    asked_for = typed and typed.number
    first: list[int] = []
    if asked_for is not None and position is None:
        first = await _of_these(session, of_numbers or source, filters, given, [asked_for])
    block, corrected = _Block([], None), position.w if position else None
    contact = contact_in(words)
    by_words = typed is None or not typed.alone or contact or words.isdigit()
    if finder is not None and by_words:
        searched = await _searched(session, source, query, filters, given)
        before = position.n if position else None
        block = await _block(session, finder, searched, corrected or words, contact, before)
        nothing = not first and not block.numbers and block.reached is None and position is None
        if nothing and (corrected := await spelt_nearly(session, words, searched)):
            block = await _block(session, finder, searched, corrected, None, None)
            corrected = corrected if block.numbers else None
    others = [number for number in block.numbers if number != asked_for]
    page = _paged(position, block, others, query.limit - len(first), corrected)
    return page._replace(numbers=[*first, *page.numbers])


def _paged(
    position: _Place | None,
    block: _Block,
    ranked: list[int],
    limit: int,
    corrected: str | None = None,
) -> Found:
    at = position.at if position else 0
    page = ranked[at : at + limit]
    return Found(page, _following(position, block, ranked, at + len(page), corrected), corrected)


def _following(
    position: _Place | None, block: _Block, others: list[int], at: int, corrected: str | None
) -> str | None:
    if at < len(others):
        top = position.n if position else max(block.numbers) + 1
        return encode_cursor(_Place(n=top, at=at, w=corrected))
    return None if block.reached is None else encode_cursor(_Place(n=block.reached, w=corrected))


async def _block(
    session: AsyncSession,
    finder: ContactFinder,
    searched: Searched,
    words: str,
    contact: TypedContact | None,
    before: int | None,
) -> _Block:
    ways = await with_synonyms(session, words)
    matches = await newest_matches(session, ways, searched, before, BLOCK)
    having: list[int] = []
    if contact is not None:
        having = await finder.newest(
            session, contact, searched, first=matches.reached or 0, before=before, limit=BLOCK
        )
    newest = sorted({*having, *matches.numbers}, reverse=True)[:BLOCK]
    reached = newest[-1] if len(newest) == BLOCK else matches.reached
    by_title = set(
        await session.scalars(_BY_TITLE, {"numbers": newest, "q": ways}) if newest else ()
    )
    of_contact = set(having)
    ranked = sorted(newest, key=lambda n: (n not in of_contact, n not in by_title, -n))
    return _Block(ranked, reached)


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
        return Searched(source.belongs, parameters, standing, count, narrowed, words)
    counting = _HANDLED_ANYWHERE if source.everywhere else HANDLED
    counting = _GIVEN if "giver" in source.parameters else counting
    [(count,)] = await session.execute(counting, source.parameters)
    handed_down = " AND ".join(source.conditions) or "true"
    standing = (_STANDING_ANYWHERE if source.everywhere else STANDING).format(handed_down)
    return Searched(
        source.belongs, parameters, standing, count, narrowed, words, probes=source.probes
    )


async def _of_these(
    session: AsyncSession,
    source: Source,
    filters: Sequence[str],
    given: dict[str, Any],
    numbers: list[int],
) -> list[int]:
    """Those of these numbers that exist there, in the order given."""
    condition = " AND ".join(["r.number = ANY (:asked_for)", source.belongs, *filters])
    parameters = source.parameters | given | {"asked_for": numbers}
    there = set(await session.scalars(text(_THESE.format(condition)), parameters))
    return [number for number in numbers if number in there]


BLOCK: Final = 100
"""How many of the newest matches are ranked at a time: each page reads all of them."""
_BY_TITLE = text("""
SELECT t.number FROM lifecycle.report_text t
WHERE t.number = ANY (CAST(:numbers AS bigint[]))
  AND to_tsvector('indonesian', coalesce(t.title, t.original_title))
      @@ websearch_to_tsquery('indonesian', :q)
""")
_THESE = "SELECT r.number FROM lifecycle.report r WHERE {}"
_NUMBERED = "SELECT DISTINCT q.number FROM ({}) q WHERE q.number >= :first AND q.number < :end"
_BELONGS = "r.handler_id = ANY (CAST(:agencies AS int[])) AND r.tab = ANY (:tabs)"
_BELONGS_ANYWHERE = "r.tab = ANY (:tabs)"
_COUNT = "SELECT count(DISTINCT q.number) FROM ({}) q"
HANDLED = text("""
SELECT coalesce(sum(reports), 0)::bigint FROM lifecycle.tab_reports
WHERE NOT given AND agency_id = ANY (CAST(:agencies AS int[])) AND tab = ANY (:tabs)
""")
"""How many reports agencies handle, read from the counts of tabs."""
_HANDLED_ANYWHERE = text("""
SELECT coalesce(sum(reports), 0)::bigint FROM lifecycle.tab_reports
WHERE NOT given AND tab = ANY (:tabs)
""")
_GIVEN = text("""
SELECT coalesce(sum(reports), 0)::bigint FROM lifecycle.tab_reports
WHERE given AND agency_id = ANY (CAST(:giver AS int[])) AND tab = ANY (:tabs)
""")
# One index probe for each handler and tab: its range of `report_newest` has only what is wanted.
STANDING = """
SELECT r.number
FROM unnest(CAST(:agencies AS int[])) AS h (id), unnest(CAST(:tabs AS text[])) AS s (tab), LATERAL (
    SELECT r.number FROM lifecycle.report r
    WHERE r.handler_id = h.id AND r.tab = s.tab AND r.number >= :first AND r.number < :end
      AND {} OFFSET 0) r
"""
_STANDING_ANYWHERE = """
SELECT r.number
FROM unnest(CAST(:tabs AS text[])) AS s (tab), LATERAL (
    SELECT r.number FROM lifecycle.report r
    WHERE r.tab = s.tab AND r.number >= :first AND r.number < :end AND {} OFFSET 0) r
"""
