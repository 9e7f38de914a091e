"""Reads the words by which somebody looks for an agency, as queries to `published_agency_words`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.values.place_words import place_words, shortened_places
from shared.values.text import folded

MOST_WORDS: Final = 8
_SIMILAR: Final = 3
"""How many words with nearly the same spelling a word may mean."""
_ALL_CONSONANTS: Final = 0.9
"""How near a word is that has the same consonants; trigrams say at most 1."""
_STOP_WORDS = frozenset({"dan", "di", "ke", "dari", "yang", "untuk", "pada"})


@dataclass(frozen=True)
class AgencyWords:
    """What was typed, word by word. `near` are words with nearly the same spelling, the nearest
    first, `meanings` the long forms of a word, `spoken` the abbreviations of the words between two
    positions."""

    tokens: Sequence[str]
    near: Mapping[str, Sequence[str]]
    meanings: Mapping[str, Sequence[str]]
    spoken: Mapping[tuple[int, int], Sequence[str]]

    def conditions(self, *, loose: bool = False) -> list[str]:
        """One condition for each word that tells something.

        `loose`: one part of a word's long form may be missing (*DLHK* of an agency that has no
        forests).
        """
        most_of = _all_but_one_of if loose else _all_of
        meant = {
            word: [most_of(each) for each in several] for word, several in self.meanings.items()
        }
        return _groups(self.tokens, self.near, meant, self.spoken)

    def query(self) -> str:
        """The query for agencies that have all words."""
        return " & ".join(self.conditions())

    def nearest(self, unknown: Collection[str] | None = None) -> str:
        """The query for agencies that have the nearest word for each mistyped one, and nothing else
        in its place. "" if no word is mistyped.

        `unknown` are the words that no agency has, if one of the others must be mistyped too: for
        that one any similar word will do.
        """
        if not self.near:
            return ""
        surely = [word for word in self.near if unknown is None or word in unknown]
        nearest = {word: self.near[word][:1] for word in surely}
        perhaps = [{word: words} for word, words in self.near.items() if word not in nearest]
        readings = [replace(self, near=nearest | other) for other in perhaps or [{}]]
        return " | ".join(f"({each.query()})" for each in readings)

    def places(self) -> str:
        """The query for agencies that have all words that name a place. "" if none does."""
        named = place_words()
        conditions = []
        for token in self.tokens:
            meant = [token, *self.near.get(token, ())[:1], *self.meanings.get(token, ())]
            if any(named.intersection(each.split()) for each in meant):
                nearest = {token: self.near.get(token, ())[:1]}
                meanings = {token: [_all_of(each) for each in self.meanings.get(token, ())]}
                conditions.append(_any_of(token, nearest, meanings))
        return " & ".join(conditions)


async def read_agency_words(
    session: AsyncSession, words: str, *, generous: bool = False
) -> AgencyWords | None:
    """What these words may mean, None if no word tells anything.

    `generous`: any word may be mistyped, not only those that are in no agency's name.
    """
    *others, last = folded(words) or [""]
    # The last word may not be complete yet.
    tokens = [*(word for word in others if word not in _STOP_WORDS), last][-MOST_WORDS:]
    if not last:
        return None
    spans = _spans(tokens, " ", len(tokens))
    joined = _spans(tokens, "", 2)
    parameters = {"words": tokens, "phrases": [*spans], "joined": [*joined], "generous": generous}
    known = (await session.execute(_KNOWN, parameters)).all()
    near: dict[str, dict[str, float]] = {}
    meanings: dict[str, list[str]] = {}
    apart = {word for kind, word, *_ in known if kind == "apart"}
    spoken: dict[tuple[int, int], list[str]] = {}
    for kind, word, other, likeness in known:
        if kind == "unknown" and word not in apart:
            shares = shortened_places(word)
            near[word] = {place: _ALL_CONSONANTS * share for place, share in shares.items()}
        elif kind == "near" and word not in apart:
            near[word][other] = max(likeness, near[word].get(other, 0))
        elif kind in ("short", "apart"):
            meanings.setdefault(word, []).append(other)
        elif kind == "long":
            spoken.setdefault(spans[other], []).append(word)
        elif kind == "joined" and joined[word][1] - joined[word][0] > 1:
            spoken.setdefault(joined[word], []).append(_all_of(other))
    nearest = {
        word: sorted(like, key=lambda other: (-like[other], other))[:_SIMILAR]
        for word, like in near.items()
        if like
    }
    return AgencyWords(tokens, nearest, meanings, spoken)


def _spans(tokens: Sequence[str], between: str, most: int) -> dict[str, tuple[int, int]]:
    """The positions of neighbouring words, by the text that they make together."""
    return {
        between.join(tokens[first:end]): (first, end)
        for first in range(len(tokens))
        for end in range(first + 1, min(first + most, len(tokens)) + 1)
    }


def _groups(
    tokens: Sequence[str],
    near: Mapping[str, Sequence[str]],
    meanings: Mapping[str, Sequence[str]],
    spoken: Mapping[tuple[int, int], Sequence[str]],
) -> list[str]:
    """One condition for each word, or for words that have an abbreviation in common."""
    groups: list[str] = []
    position = 0
    while position < len(tokens):
        ends = [end for first, end in spoken if first == position]
        end = max(ends, default=position + 1)
        each = " & ".join(_any_of(token, near, meanings) for token in tokens[position:end])
        shorts = spoken.get((position, end), ())
        groups.append(f"({' | '.join([*shorts, f'({each})'])})")
        position = end
    return groups


def _any_of(
    token: str, near: Mapping[str, Sequence[str]], meanings: Mapping[str, Sequence[str]]
) -> str:
    """A condition for the word or its beginning, for its long forms, or, if no agency has it, for
    similar words."""
    alternatives = [f"{token}:*"]
    for word in (token, *near.get(token, ())):
        if word != token:
            alternatives.append(word)
        alternatives += meanings.get(word, ())
    return f"({' | '.join(alternatives)})"


def _all_of(words: str) -> str:
    return f"({' & '.join(words.split())})"


def _all_but_one_of(words: str) -> str:
    several = words.split()
    if len(several) < 3:
        return _all_of(words)
    some = combinations(several, len(several) - 1)
    return f"({' | '.join(_all_of(' '.join(each)) for each in some)})"


# Of words that begin none, and are short for none: those spelt most nearly so, abbreviations among
# them, those with the same consonants, and two words that they are written together. Of two beside
# each other: what they are one word of.
_KNOWN = text("""
WITH unknown AS (
    SELECT t.word, substr(t.word, 1, 1) AS first,
        regexp_replace(substr(t.word, 2), '[aeiou]', '', 'g') AS consonants
    FROM unnest(CAST(:words AS text[])) t (word)
    WHERE length(t.word) > 2 AND (:generous OR NOT EXISTS (
        SELECT FROM routing.published_directory_word w
        WHERE w.word >= t.word AND w.word < t.word || '{'))
      AND (:generous
        OR NOT EXISTS (SELECT FROM routing.published_abbreviation a WHERE a.short = t.word))
),
near AS (
    SELECT u.word, n.word AS spelt, n.likeness FROM unknown u, LATERAL (
        SELECT w.word, max(w.likeness) AS likeness FROM (
            SELECT word, similarity(word, u.word) AS likeness
            FROM routing.published_directory_word WHERE word % u.word COLLATE "C"
            UNION ALL SELECT short, similarity(short, u.word)
            FROM routing.published_abbreviation WHERE short % u.word
            UNION ALL SELECT word, CAST(:all_consonants AS real)
            FROM routing.published_directory_word
            WHERE word >= u.first AND word < u.first || '{' AND length(u.consonants) > 1
              AND regexp_replace(substr(word, 2), '[aeiou]', '', 'g') = u.consonants
        ) w WHERE w.word <> u.word GROUP BY w.word ORDER BY 2 DESC, 1 LIMIT :similar) n
)
SELECT 'unknown', word, '', 0 FROM unknown
UNION ALL
SELECT 'near', word, spelt, likeness FROM near
UNION ALL
SELECT DISTINCT 'short', short, meaning, 0 FROM routing.published_abbreviation
WHERE short = ANY (CAST(:words AS text[])) OR short IN (SELECT spelt FROM near)
UNION ALL
SELECT 'long', short, meaning, 0 FROM routing.published_abbreviation
WHERE meaning = ANY (CAST(:phrases AS text[]))
UNION ALL
SELECT 'joined', word, word, 0 FROM routing.published_directory_word
WHERE word = ANY (CAST(:joined AS text[]))
UNION ALL
SELECT 'joined', short, meaning, 0 FROM routing.published_abbreviation
WHERE short = ANY (CAST(:joined AS text[]))
UNION ALL
SELECT 'apart', u.word, concat(l.word, ' ', r.word), 0
FROM unknown u CROSS JOIN generate_series(3, length(u.word) - 3) n
JOIN routing.published_directory_word l ON l.word = left(u.word, n)
JOIN routing.published_directory_word r ON r.word = substr(u.word, n + 1)
""").bindparams(all_consonants=_ALL_CONSONANTS, similar=_SIMILAR)
