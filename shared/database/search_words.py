"""The query to the index of words for typed words, with abbreviations and other spellings."""

import re
from collections.abc import Collection
from itertools import product
from math import prod

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.values.text import folded

MOST_WAYS = 12
"""The most alternatives for one query."""
FUNCTION_WORDS = frozenset(
    "ada adalah agar akan atau bagi bahwa dan dari dengan dg dgn di guna harap ini itu"
    " jg juga kami karena ke kepada kita krn mohon oleh pada para saat saya sdh sebagai secara"
    " sehingga serta sudah supaya sy telah tentang terhadap tersebut tolong tsb untuk utk yaitu"
    " yang yg".split()
)
"""Words that are in any report and tell nothing of it; Postgres has no Indonesian stop words.
*Dalam* is not among them (*dalam negeri*, *penyakit dalam*)."""
_SPECIAL = ('"', "-")


def is_plain(words: str) -> bool:
    """Whether the words use no web search syntax: quotes, minus or *or*."""
    typed = words.split()
    return not any(word.startswith(_SPECIAL) or word.casefold() == "or" for word in typed)


def without_function_words(words: str) -> str:
    """The words without function words (*jembatan yang rusak*); parts joined by *or* are separate.

    Words in quotes or after a minus stay, and so does a part that has only function words.
    """
    joined: list[list[str]] = [[]]
    for term in _TERM.findall(words):
        if term.casefold() == "or":
            joined.append([])
        else:
            joined[-1].append(term)
    return " or ".join(" ".join(_distinctive(terms)) for terms in joined if terms)


def _distinctive(terms: list[str]) -> list[str]:
    left = [term for term in terms if term.startswith(_SPECIAL) or not _is_function_word(term)]
    return left if any(not term.startswith("-") for term in left) else terms


def _is_function_word(term: str) -> bool:
    return "".join(folded(term)) in FUNCTION_WORDS


async def with_synonyms(session: AsyncSession, words: str) -> str:
    """The words as text for `websearch_to_tsquery`, with other ways to say the same.

    Abbreviations and what they stand for (*jln*, *PJU*, *bansos*) and other spellings (*KTP-el*,
    *e-KTP*) are added, also where the space after them is missing (*Jl.Sudirman*, which Postgres
    takes for one word). Function words are left out. A query with web search syntax (quotes, minus
    or *or*) only loses its function words.
    """
    if not is_plain(words):
        return without_function_words(words)
    words = without_function_words(words)
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
    for phrase in spans.keys() & _SPELT.keys():
        others.setdefault(spans[phrase], []).extend(_SPELT[phrase])
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
    """The spelling in which somebody left out the space after an abbreviation."""
    *before, last = way.split()
    return "".join(f"{w}." if w.casefold() in shorts else f"{w} " for w in before) + last


_TERM = re.compile(r'-?"[^"]*"?|[^\s"]+')
"""A word, or several in quotes, as `websearch_to_tsquery` reads them."""
_NO_SPACE = re.compile(r"(?<=\b[a-z]{2})\.(?=[a-z])|(?<=\b[a-z]{3})\.(?=[a-z])", re.IGNORECASE)
"""The full stop of an abbreviation that no space follows."""
_HYPHENED = (
    ('"ktp el"', '"e ktp"', "ektp", "ktp elektronik", "kartu tanda penduduk elektronik"),
    ('"e tilang"', "etilang", "tilang elektronik"),
    ('"wi fi"', "wifi"),
)
_SPELT = {" ".join(folded(way)): ways for ways in _HYPHENED for way in ways}
"""The spellings of a word with or without a hyphen: in quotes they find both."""
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
