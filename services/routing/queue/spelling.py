"""Corrects the words of a search that found nothing to words that reports use."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.search_words import FUNCTION_WORDS, is_plain
from shared.values.text import folded

MOST_WORDS: Final = 8
SHORTEST: Final = 4
"""Letters of the shortest word that is corrected: shorter ones resemble too many others."""


async def spelt_nearly(session: AsyncSession, words: str) -> str | None:
    """The words, with each word that no published report has replaced by the most similar one; None
    if none can be replaced, or if the words use web search syntax."""
    if not is_plain(words):
        return None
    typed = words.split()[:MOST_WORDS]
    plain = {word: word.casefold() for word in typed if _is_a_word(word)}
    rows = await session.execute(_NEAR, {"words": sorted(set(plain.values()))})
    best: dict[str, tuple[int, int, str]] = {}
    for word, near, reports in rows:
        errors = _errors(word, near)
        if errors <= (1 if len(word) < 6 else 2):
            best[word] = min(best.get(word, (9, 0, "")), (errors, -reports, near))
    if not best:
        return None
    return " ".join(best[key][2] if (key := plain.get(word)) in best else word for word in typed)


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
WHERE NOT EXISTS (SELECT FROM routing.report_word k WHERE k.word = t.word)
""")
