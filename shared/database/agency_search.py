"""Finds agencies by words of names and places, also abbreviated (*Dinas PU*, *Pemkab*) or
mistyped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.values.text import folded

Step = Literal["verify", "follow_up", "wait"]
"""The step that the agency is to take; `wait` is for an agency that cannot follow up yet."""

MOST_WORDS: Final = 8
_STOP_WORDS = frozenset({"dan", "di", "ke", "dari", "yang", "untuk", "pada"})


@dataclass(frozen=True)
class Match:
    """An agency found. `able`: it can take the step now. `places` are those above it, nearest
    first."""

    id: int
    able: bool
    aliases: list[str]
    places: list[str]


@dataclass(frozen=True)
class Matches:
    """The best of `total` agencies.

    `partial`: no agency has all words; these lack one or a part of one, or have similar words.
    """

    items: list[Match]
    total: int
    partial: bool = False


async def agency_query(session: AsyncSession, words: str, *, generous: bool = False) -> str | None:
    """The query to `published_agency_words` for these words, all of which must match.

    None if no word tells anything. `generous`: any word may be mistyped, not only those that are in
    no agency's name.
    """
    read = await _read(session, words, generous=generous)
    return " & ".join(read.conditions()) if read else None


@dataclass(frozen=True)
class _Read:
    """What was typed, word by word. `near` are words with nearly the same spelling, `meanings` the
    long forms of a word, `spoken` the abbreviations of the words between two positions."""

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


async def _read(session: AsyncSession, words: str, *, generous: bool) -> _Read | None:
    """None if no word tells anything."""
    *others, last = folded(words) or [""]
    # The last word may not be complete yet.
    tokens = [*(word for word in others if word not in _STOP_WORDS), last][-MOST_WORDS:]
    if not last:
        return None
    spans = _spans(tokens, " ", len(tokens))
    joined = _spans(tokens, "", 2)
    parameters = {"words": tokens, "phrases": [*spans], "joined": [*joined], "generous": generous}
    known = (await session.execute(_KNOWN, parameters)).all()
    near: dict[str, list[str]] = {}
    meanings: dict[str, list[str]] = {}
    apart = {word for kind, word, _ in known if kind == "apart"}
    spoken: dict[tuple[int, int], list[str]] = {}
    for kind, word, other in known:
        if kind == "near" and word not in apart:
            near.setdefault(word, []).append(other)
        elif kind in ("short", "apart"):
            meanings.setdefault(word, []).append(other)
        elif kind == "long":
            spoken.setdefault(spans[other], []).append(word)
        elif kind == "joined" and joined[word][1] - joined[word][0] > 1:
            spoken.setdefault(joined[word], []).append(_all_of(other))
    return _Read(tokens, near, meanings, spoken)


def _spans(tokens: Sequence[str], between: str, most: int) -> dict[str, tuple[int, int]]:
    """The positions of neighbouring words, by the text that they make together."""
    return {
        between.join(tokens[first:end]): (first, end)
        for first in range(len(tokens))
        for end in range(first + 1, min(first + most, len(tokens)) + 1)
    }


async def find_agencies(
    session: AsyncSession,
    words: str,
    *,
    step: Step | None = None,
    below: int | None = None,
    first: Sequence[int] = (),
    limit: int,
) -> Matches:
    """The active agencies that match these words, or all without words, the best ones first.

    Those of `first` come before the others, those that cannot take the `step` after them. If no
    agency has all words, those that have all but one.
    """
    if not words.strip():
        return await _found(session, None, step, below, first, limit)
    typed = await _read(session, words, generous=False)
    if typed is None:
        return Matches([], 0)
    matches = await _found(session, " & ".join(typed.conditions()), step, below, first, limit)
    if matches.total:
        return matches
    perhaps_mistyped = await _read(session, words, generous=True) or typed
    asked = perhaps_mistyped.conditions()
    if asked != typed.conditions():
        matches = await _found(session, " & ".join(asked), step, below, first, limit)
        if matches.total:
            return replace(matches, partial=True)
    loose = perhaps_mistyped.conditions(loose=True)
    nearest = [] if loose == asked else [" & ".join(loose)]
    if len(loose) > 1:
        some = combinations(loose, len(loose) - 1)
        nearest.append(" | ".join(f"({' & '.join(each)})" for each in some))
    for nearly in nearest:
        matches = await _found(session, nearly, step, below, first, limit)
        if matches.total:
            return replace(matches, partial=True)
    return Matches([], 0)


async def _found(
    session: AsyncSession,
    asked: str | None,
    step: Step | None,
    below: int | None,
    first: Sequence[int],
    limit: int,
) -> Matches:
    conditions = ["active"]
    if asked is not None:
        conditions.append("words @@ to_tsquery('simple', :asked)")
    if below is not None:
        conditions.append("path @> ARRAY[CAST(:below AS bigint)]")
    statement = text(_FIND.format(able=_ABLE[step], conditions=" AND ".join(conditions)))
    parameters = {
        "asked": asked or "",
        "by_name": _LEXEME.sub(lambda word: f"{word[1]}:{'*' if word[2] else ''}AB", asked or ""),
        "in_whole": _LEXEME.sub(r"\1:AB", asked or ""),
        "below": below,
        "first": list(first),
        "most": limit,
    }
    rows = (await session.execute(statement, parameters)).all()
    items = [Match(row.agency_id, row.able, row.aliases, row.places) for row in rows]
    return Matches(items, rows[0].total if rows else 0)


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


_LEXEME = re.compile(r"([a-z0-9]+)(:\*)?")
# Of words that begin none: those spelt most nearly so, abbreviations among them, and two words that
# they are written together. Of two beside each other: what they are one word of.
_KNOWN = text("""
WITH unknown AS (
    SELECT t.word FROM unnest(CAST(:words AS text[])) t (word)
    WHERE length(t.word) > 2 AND (:generous OR NOT EXISTS (
        SELECT FROM routing.published_directory_word w
        WHERE w.word >= t.word AND w.word < t.word || '{'))
      AND (:generous
        OR NOT EXISTS (SELECT FROM routing.published_abbreviation a WHERE a.short = t.word))
),
near AS (
    SELECT u.word, n.word AS spelt FROM unknown u, LATERAL (
        SELECT w.word FROM (
            SELECT word FROM routing.published_directory_word
            WHERE word % u.word COLLATE "C"
            UNION SELECT short FROM routing.published_abbreviation WHERE short % u.word
        ) w WHERE w.word <> u.word ORDER BY similarity(w.word, u.word) DESC, w.word LIMIT 3) n
)
SELECT 'near', word, spelt FROM near
UNION ALL
SELECT DISTINCT 'short', short, meaning FROM routing.published_abbreviation
WHERE short = ANY (CAST(:words AS text[])) OR short IN (SELECT spelt FROM near)
UNION ALL
SELECT 'long', short, meaning FROM routing.published_abbreviation
WHERE meaning = ANY (CAST(:phrases AS text[]))
UNION ALL
SELECT 'joined', word, word FROM routing.published_directory_word
WHERE word = ANY (CAST(:joined AS text[]))
UNION ALL
SELECT 'joined', short, meaning FROM routing.published_abbreviation
WHERE short = ANY (CAST(:joined AS text[]))
UNION ALL
SELECT 'apart', u.word, concat(l.word, ' ', r.word)
FROM unknown u CROSS JOIN generate_series(3, length(u.word) - 3) n
JOIN routing.published_directory_word l ON l.word = left(u.word, n)
JOIN routing.published_directory_word r ON r.word = substr(u.word, n + 1)
""")
_ABLE: Mapping[Step | None, str] = {
    None: "true",
    "verify": "has_admin",
    "follow_up": "has_officer",
    "wait": "NOT has_officer",
}
_BROAD = 2_000
"""If more than this match, it is not checked whose own name has all words: the person goes on
typing."""
# Those whose own names say it all, in whole words, come before those of whose place it is said.
# One table has what is ordered by, and only narrow rows are kept: a word may be of all agencies.
# They are counted by themselves: joined, a plan made for any word counted them anew for each row.
_FIND: Final = f"""
WITH matched AS MATERIALIZED (
    SELECT agency_id, name, cardinality(path) AS depth, {{able}} AS able,
        array_position(CAST(:first AS bigint[]), agency_id::bigint) AS place
    FROM routing.published_agency_words WHERE {{conditions}}
),
counted AS MATERIALIZED (SELECT count(*) AS total FROM matched),
best AS (
    SELECT m.*, CASE WHEN (SELECT total FROM counted) > {_BROAD} THEN 0 ELSE (
        SELECT CASE WHEN w.words @@ to_tsquery('simple', :in_whole) THEN 2
                    WHEN w.words @@ to_tsquery('simple', :by_name) THEN 1 ELSE 0 END
        FROM routing.published_agency_words w WHERE w.agency_id = m.agency_id) END AS by_name
    FROM matched m
    ORDER BY able DESC, place, by_name DESC, depth, name, agency_id LIMIT :most
)
SELECT best.agency_id, best.able, w.aliases, (SELECT total FROM counted) AS total, ARRAY(
    SELECT u.name FROM routing.published_agency_words u
    WHERE u.agency_id = ANY (w.path) AND u.agency_id <> w.agency_id AND cardinality(u.path) > 1
    ORDER BY cardinality(u.path) DESC) AS places
FROM best JOIN routing.published_agency_words w ON w.agency_id = best.agency_id
ORDER BY able DESC, place, by_name DESC, depth, best.name, best.agency_id
"""  # noqa: S608
