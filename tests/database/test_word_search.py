"""Searches by words find all that match, newest first, page by page, whatever is looked at."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import word_search
from shared.database.engine import Database
from shared.database.word_search import Searched, newest_matches

REPORTS, STEP = 240, 441
"""So many, with numbers apart: many slices."""
LOOKED_AT = {"-": (400, 600)}
"""`ROWS` and `MOST` of words that only say what a report must not have: a slice is then so many
numbers, few of them a report's, and with twenty a search would read five thousand slices."""
OWN, BELOW = 7, (7, 8, 9)


def words_of(n: int) -> str:
    """In all, every second, every 30th and one of them; `gempa` is never agency 7's."""
    said = ["jalan"]
    said += ["lampu"] if n % 2 else []
    said += ["jembatan"] if n % 30 == 0 else []
    said += ["trotoar"] if n == 100 else []
    said += ["gempa"] if n % 3 else []
    return " ".join(said)


@pytest.fixture
async def session(module_database: Callable[[str], str]) -> AsyncIterator[AsyncSession]:
    database = Database(module_database("lapor_owner"), pool_size=1)
    numbers = [10_000_001 + n * STEP for n in range(REPORTS)]
    async with database.session() as session:
        if not (await session.execute(_THERE)).first():
            handlers, said = [7 + n % 3 for n in range(REPORTS)], map(words_of, range(REPORTS))
            await session.execute(_REPORTS, {"numbers": numbers, "handlers": handlers, "at": _AT})
            await session.execute(_TEXTS, {"numbers": numbers, "words": list(said)})
    async with database.session() as session:
        yield session
    await database.dispose()


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize(("known", "probes"), [(True, 0), (True, 10**9), (False, 0)])
@pytest.mark.parametrize("agencies", [(OWN,), BELOW, (10,)])
async def test_paging_through_a_search_gives_every_match_once_newest_first(
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
    agencies: tuple[int, ...],
    known: bool,
    probes: int,
    bounded: bool,
) -> None:
    monkeypatch.setattr(word_search, "FEW", 10)
    of_agencies = [n for n in range(REPORTS) if 7 + n % 3 in agencies]
    searched = _searched(agencies, len(of_agencies) if known else None, probes)
    for words in ("jalan", "lampu", "jembatan", "trotoar", "gempa", "-gempa", "-jalan", "kosong"):
        rows, most = LOOKED_AT.get(words[0], (20, 30))
        monkeypatch.setattr(word_search, "ROWS", rows)
        monkeypatch.setattr(word_search, "MOST", most if bounded else 10**6)
        wanted = [n for n in of_agencies if _matches(words, n)]
        assert await _all(session, words, searched) == [
            10_000_001 + n * STEP for n in reversed(wanted)
        ], words


@pytest.mark.parametrize("begins_at", [0, 100, 200, REPORTS - 1])
async def test_numbers_below_the_first_are_not_found_however_few_are_left(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, begins_at: int
) -> None:
    monkeypatch.setattr(word_search, "FEW", 10)
    first = 10_000_001 + begins_at * STEP
    searched = replace(_searched(BELOW, REPORTS), first=first)
    for words in ("jalan", "lampu", "jembatan", "trotoar", "gempa", "kosong"):
        wanted = [n for n in range(begins_at, REPORTS) if _matches(words, n)]
        assert await _all(session, words, searched) == [
            10_000_001 + n * STEP for n in reversed(wanted)
        ], words


async def test_a_search_that_finds_little_stops_and_says_how_far_it_came(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`gempa` and agency 7 are both frequent, and never meet."""
    monkeypatch.setattr(word_search, "FEW", 10)
    monkeypatch.setattr(word_search, "ROWS", 20)
    monkeypatch.setattr(word_search, "MOST", 30)
    matches = await newest_matches(session, "gempa", _searched((OWN,), 80), None, 25)
    assert matches.numbers == []
    assert matches.reached is not None


def _matches(words: str, n: int) -> bool:
    said = words_of(n).split()
    return all(
        word.removeprefix("-") not in said if word.startswith("-") else word in said
        for word in words.split()
    )


async def _all(session: AsyncSession, words: str, searched: Searched) -> list[int]:
    found: list[int] = []
    before: int | None = None
    while True:
        matches = await newest_matches(session, words, searched, before, 20)
        found += matches.numbers
        if matches.reached is None:
            return found
        assert before is None or matches.reached < before
        before = matches.reached


def _searched(agencies: tuple[int, ...], count: int | None, probes: int = 0) -> Searched:
    return Searched(
        belongs="r.handler_id = ANY (:agencies)",
        parameters={"agencies": list(agencies)},
        standing="SELECT r.number FROM lifecycle.report r WHERE r.handler_id = ANY (:agencies)"
        " AND r.number >= :first AND r.number < :end",
        count=count,
        probes=probes,
    )


_AT = datetime(2026, 3, 2, tzinfo=UTC)
_THERE = text("SELECT 1 FROM lifecycle.report LIMIT 1")
_REPORTS = text(
    "INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,"
    " anonymous, secret, priority, held, overdue, submitted_at, last_step_at, state)"
    " SELECT n, 1, 'UNVERIFIED', 'unverified', handler, ARRAY[handler], 'website',"
    " false, false, false, false, false, :at, :at, '{}'"
    " FROM unnest(CAST(:numbers AS bigint[]), CAST(:handlers AS int[])) f (n, handler)"
)
_TEXTS = text(
    "INSERT INTO lifecycle.report_text (number, original_title, original_body)"
    " SELECT n, 'Laporan', words"
    " FROM unnest(CAST(:numbers AS bigint[]), CAST(:words AS text[])) f (n, words)"
)
