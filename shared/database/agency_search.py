"""Finds agencies by words of names and places, also abbreviated (*Dinas PU*, *Pemkab*) or
mistyped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.agency_words import AgencyWords, read_agency_words
from shared.values.text import folded

Step = Literal["verify", "follow_up", "wait"]
"""The step that the agency is to take; `wait` is for an agency that cannot follow up yet."""


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
    read = await read_agency_words(session, words, generous=generous)
    return read.query() if read else None


@dataclass(frozen=True)
class _Asked:
    """Which agencies are asked for, by whom: the arguments of `find_agencies`."""

    step: Step | None
    below: int | None
    first: Sequence[int]
    near: Sequence[int]
    around: Sequence[str]
    limit: int


async def find_agencies(
    session: AsyncSession,
    words: str,
    *,
    step: Step | None = None,
    below: int | None = None,
    first: Sequence[int] = (),
    near: Sequence[int] = (),
    around: Sequence[str] = (),
    limit: int,
) -> Matches:
    """The active agencies that match these words, or all without words, the best ones first.

    Those of `first` come before the others, those that cannot take the `step` after them. Among
    equally good ones, those come first that share most of the path `near` (the searcher's agency
    and those above it), then those of the places `around`, names of regions, the widest first. If
    no agency has all words, those that have all but one; of them, those that have the words that
    name a place come before all others.
    """
    asked = _Asked(step, below, first, near, around, limit)
    if not words.strip():
        return await _found(session, None, "", asked)
    typed = await read_agency_words(session, words)
    if typed is None:
        return Matches([], 0)
    matches = await _found(session, typed.query(), typed.nearest(), asked)
    if matches.total:
        return matches
    generous = await read_agency_words(session, words, generous=True) or typed
    tried = {typed.query()}
    wider = [(generous.query(), generous.nearest(unknown=typed.near))]
    wider += [(query, read.places()) for read in (typed, generous) for query in _all_but_one(read)]
    for query, best in wider:
        if query not in tried:
            tried.add(query)
            matches = await _found(session, query, best, asked)
            if matches.total:
                return replace(matches, partial=True)
    return Matches([], 0)


def _all_but_one(read: AgencyWords) -> list[str]:
    """Queries for agencies that lack a part of what a word is short for, then a whole word."""
    loose = read.conditions(loose=True)
    queries = [" & ".join(loose)]
    if len(loose) > 1:
        some = combinations(loose, len(loose) - 1)
        queries.append(" | ".join(f"({' & '.join(each)})" for each in some))
    return queries


async def _found(session: AsyncSession, words: str | None, best: str, asked: _Asked) -> Matches:
    """`best` is the query for those that come before all others."""
    conditions = ["active"]
    if words is not None:
        conditions.append("words @@ to_tsquery('simple', :asked)")
    if asked.below is not None:
        conditions.append("path @> ARRAY[CAST(:below AS bigint)]")
    near = dict(enumerate(asked.near, start=1))
    shared = [f"CAST(path[{n}] IS NOT DISTINCT FROM :near_{n} AS integer)" for n in near]
    around = {f"around_{n}": " & ".join(folded(name)) for n, name in enumerate(asked.around)}
    there = [f"CAST(words @@ to_tsquery('simple', :{name}) AS integer)" for name in around]
    statement = text(
        _FIND.format(
            able=_ABLE[asked.step],
            conditions=" AND ".join(conditions),
            best="words @@ to_tsquery('simple', :best)" if best else "true",
            near=" + ".join(shared) or "0",
            around=" + ".join(there) or "0",
        )
    )
    parameters = {
        "asked": words or "",
        "best": best,
        "by_name": _LEXEME.sub(lambda word: f"{word[1]}:{'*' if word[2] else ''}AB", words or ""),
        "in_whole": _LEXEME.sub(r"\1:AB", words or ""),
        "below": asked.below,
        "first": list(asked.first),
        "most": asked.limit,
        **{f"near_{depth}": id for depth, id in near.items()},
        **around,
    }
    rows = (await session.execute(statement, parameters)).all()
    items = [Match(row.agency_id, row.able, row.aliases, row.places) for row in rows]
    return Matches(items, rows[0].total if rows else 0)


_LEXEME = re.compile(r"([a-z0-9]+)(:\*)?")
_ABLE: Mapping[Step | None, str] = {
    None: "true",
    "verify": "has_admin",
    "follow_up": "has_officer",
    "wait": "NOT has_officer",
}
_BROAD = 2_000
"""If more than this match, it is not checked whose own name has all words, nor who is around: the
person goes on typing."""
# Those whose own names say it all, in whole words, come before those of whose place it is said.
# One table has what is ordered by, and only narrow rows are kept: a word may be of all agencies.
# They are counted by themselves: joined, a plan made for any word counted them anew for each row.
# `fits` puts whose names have all words before who is near, and these before who is around.
_FIND: Final = f"""
WITH matched AS MATERIALIZED (
    SELECT agency_id, name, cardinality(path) AS depth, {{able}} AS able, {{best}} AS best,
        {{near}} AS near, array_position(CAST(:first AS bigint[]), agency_id::bigint) AS place
    FROM routing.published_agency_words WHERE {{conditions}}
),
counted AS MATERIALIZED (SELECT count(*) AS total FROM matched),
best AS (
    SELECT m.*, 10 * near + CASE WHEN (SELECT total FROM counted) > {_BROAD} THEN 0 ELSE (
        SELECT CASE WHEN w.words @@ to_tsquery('simple', :in_whole) THEN 2000
                    WHEN w.words @@ to_tsquery('simple', :by_name) THEN 1000 ELSE 0 END + {{around}}
        FROM routing.published_agency_words w WHERE w.agency_id = m.agency_id) END AS fits
    FROM matched m
    ORDER BY best DESC, able DESC, place, fits DESC, depth, name, agency_id LIMIT :most
)
SELECT best.agency_id, best.able, w.aliases, (SELECT total FROM counted) AS total, ARRAY(
    SELECT u.name FROM routing.published_agency_words u
    WHERE u.agency_id = ANY (w.path) AND u.agency_id <> w.agency_id AND cardinality(u.path) > 1
    ORDER BY cardinality(u.path) DESC) AS places
FROM best JOIN routing.published_agency_words w ON w.agency_id = best.agency_id
ORDER BY best.best DESC, able DESC, place, fits DESC, depth, best.name, best.agency_id
"""  # noqa: S608
