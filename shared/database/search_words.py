"""What is asked of the index of words for what somebody typed: with what is said for short, too."""

import re
from collections.abc import Collection
from itertools import product
from math import prod

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.values.text import folded

MOST_WAYS = 12
"""In so many ways the same is asked for at most."""
_SPECIAL = ('"', "-")


def is_plain(words: str) -> bool:
    """Whether nothing is asked for as in a web search: by quotes, minus or *or*."""
    typed = words.split()
    return not any(word.startswith(_SPECIAL) or word.casefold() == "or" for word in typed)


async def said_otherwise(session: AsyncSession, words: str) -> str:
    """The words, or the same with abbreviations and what they stand for (*jln*, *PJU*, *bansos*),
    also where no space follows these (*Jl.Sudirman*, which Postgres takes for one word), for
    `websearch_to_tsquery`. What is asked for as in a web search, with quotes, minus or *or*, is
    left as it is."""
    if not is_plain(words):
        return words
    typed = _NO_SPACE.sub(" ", words).split()
    keys = [" ".join(folded(word)) for word in typed]
    spans = {
        " ".join(keys[first:end]): (first, end)
        for first in range(len(keys))
        for end in range(first + 1, min(first + _LONGEST, len(keys)) + 1)
    }
    others: dict[tuple[int, int], list[str]] = {}
    shorts: set[str] = set()
    for phrase, other in await session.execute(_OTHERS, {"phrases": list(spans)}):
        others.setdefault(spans[phrase], []).append(other)
        shorts |= {each for each in (phrase, other) if len(each) < 4}
    parts: list[list[str]] = []
    position = 0
    while position < len(typed):
        ends = [end for first, end in others if first == position]
        end = max(ends, default=position + 1)
        parts.append([" ".join(typed[position:end]), *others.get((position, end), ())])
        if prod(map(len, parts)) > MOST_WAYS:
            parts[-1] = parts[-1][:1]
        position = end
    ways = [" ".join(way) for way in product(*parts)]
    return " or ".join(
        dict.fromkeys([*ways, *(_without_space(way, shorts) for way in ways), words])
    )


def _without_space(way: str, shorts: Collection[str]) -> str:
    """As it is where somebody left out the space behind an abbreviation."""
    *before, last = way.split()
    return "".join(f"{w}." if w.casefold() in shorts else f"{w} " for w in before) + last


_NO_SPACE = re.compile(r"(?<=\b[a-z]{2})\.(?=[a-z])|(?<=\b[a-z]{3})\.(?=[a-z])", re.IGNORECASE)
"""Behind an abbreviation."""
_LONGEST = 6
"""Words that an abbreviation stands for."""
_OTHERS = text("""
SELECT DISTINCT short, meaning FROM routing.published_abbreviation
WHERE short = ANY (CAST(:phrases AS text[]))
UNION
SELECT DISTINCT meaning, short FROM routing.published_abbreviation
WHERE meaning = ANY (CAST(:phrases AS text[]))
UNION
SELECT a.short, b.short
FROM routing.published_abbreviation a JOIN routing.published_abbreviation b USING (meaning)
WHERE a.short = ANY (CAST(:phrases AS text[])) AND b.short <> a.short
ORDER BY 1, 2
""")
