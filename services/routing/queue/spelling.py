"""Corrects the words of a search that found nothing to words that reports use."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.search_words import FUNCTION_WORDS, is_plain
from shared.database.word_search import Searched, similar_words
from shared.values.text import folded

MOST_WORDS: Final = 8
SHORTEST: Final = 4
"""Letters of the shortest word that is corrected: shorter ones resemble too many others."""


async def spelt_nearly(session: AsyncSession, words: str, searched: Searched) -> str | None:
    """The words, with each word that neither the newest of the searched reports nor several
    published ones use replaced by the most similar one of theirs; None if none can be replaced, or
    if the words use web search syntax.

    `searched` are reports whose words the person may search: of others no word is taken unless it
    is published.
    """
    if not is_plain(words):
        return None
    typed = words.split()[:MOST_WORDS]
    plain = {word: word.casefold() for word in typed if _is_a_word(word)}
    if not plain:
        return None
    known = sorted(set(plain.values()))
    own = await similar_words(session, known, searched)
    published = await session.execute(_NEAR, {"words": known})
    best: dict[str, tuple[int, bool, int, str]] = {}
    candidates = [(word, near, True, reports) for word, near, reports in own]
    candidates += [(word, near, False, reports) for word, near, reports in published]
    for word, near, is_own, reports in candidates:
        errors = _errors(word, near)
        if errors <= (1 if len(word) < 6 else 2):
            fits = (errors, not is_own, -reports, near)
            best[word] = min(best.get(word, fits), fits)
    replaced = {word: near for word, (errors, *_, near) in best.items() if errors}
    if not replaced:
        return None
    return " ".join(replaced.get(plain.get(word, ""), word) for word in typed)


def _is_a_word(word: str) -> bool:
    plain = word.casefold()
    looked_for = len(word) >= SHORTEST and plain not in FUNCTION_WORDS
    return looked_for and folded(word) == [plain] and word.isalpha()


def _errors(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, extra or swapped."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(meant, start=1):
            errors = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, typed[i - 2]) == (meant[j - 2], other):
                errors = min(errors, last[j - 2] + 1)
            row.append(errors)
    return row[-1]


_NEAR = text("""
SELECT t.word, n.word, n.reports
FROM unnest(CAST(:words AS text[])) t (word), LATERAL (
    SELECT w.word, w.reports FROM routing.report_word w
    WHERE w.word % t.word COLLATE "C"
    ORDER BY similarity(w.word, t.word) DESC, w.reports DESC, w.word LIMIT 20) n
""")
