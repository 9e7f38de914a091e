"""Finds reports similar to a given one, through an index of places and one of words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, floor, radians
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.handlers import subtree
from services.routing.queue.searching import HANDLED, STANDING
from services.routing.similar.own_words import OwnWords, own_words
from shared.database.word_search import Searched, newest_matches
from shared.http.tokens import Staff
from shared.lifecycle.statuses import Tab
from shared.values.regions import CITY_CODE

DAYS: Final = 90
METRES: Final = 300
MOST: Final = 10
"""How many similar reports are shown."""
LOOKED_AT: Final = 100
"""How many of the newest reports with two of the words are compared to find the most similar."""
PLAUSIBLE: Final = 0.4
"""The share of the words' weight that a report must reach to be shown only for its words."""
IN_A_CELL: Final = 200
"""How many of the newest reports of one place are read: a terminal or ministry has thousands."""


@dataclass
class Match:
    """A similar report: its distance if it is near, the words of the given report that it also has,
    and the share of their weight that it reaches."""

    number: int
    metres: int | None = None
    words: list[str] = field(default_factory=list)
    shared: float = 0.0

    @property
    def likeness(self) -> tuple[float, int, int]:
        """The key to sort by. Being near counts as much as the share `NEAR` of the words; then the
        nearer report comes first, then the newer."""
        near = NEAR if self.metres is not None else 0
        return near + self.shared, -(self.metres or 0), self.number


NEAR: Final = 0.5


async def similar_to(
    session: AsyncSession, staff: Staff, number: int, now: datetime
) -> list[Match]:
    """The most similar reports of the last `DAYS` that the own agency or one below handles."""
    report = (await session.execute(_ONE, {"number": number})).mappings().one()
    since = now - timedelta(days=DAYS)
    first = await session.scalar(_FIRST_SINCE, {"since": since})
    if first is None:
        return []
    among = await _among(session, staff, {"since": since, "itself": number})
    matches = {m.number: m for m in await _near(session, report, first, among)}
    words = await own_words(session, report["title"], report["body"], report["region_code"])
    for similar, stems, in_title in await _with_the_words(session, report, words, first, among):
        shared = words.shared(stems, in_title)
        if similar in matches or shared >= PLAUSIBLE:
            match = matches.setdefault(similar, Match(similar))
            match.words = [own.word for stem, own in words.by_stem.items() if stem in stems]
            match.shared = shared
    return sorted(matches.values(), key=lambda match: match.likeness, reverse=True)[:MOST]


async def _among(session: AsyncSession, staff: Staff, parameters: dict[str, Any]) -> Searched:
    """The reports that this person may read as their handler or from above, without copies."""
    filters = "r.submitted_at >= :since AND r.number <> :itself"
    if len(staff.agency_path) == 1:  # the root reads every report
        return Searched("true", parameters, filters=filters)
    agencies = await subtree(session, staff.agency_id)
    parameters |= {"agencies": agencies, "tabs": [tab.value for tab in Tab]}
    [(count,)] = await session.execute(HANDLED, parameters)
    belongs = "r.handler_id = ANY (CAST(:agencies AS int[]))"
    probes = len(agencies) * len(Tab)
    return Searched(belongs, parameters, STANDING.format("true"), count, filters, probes=probes)


async def _near(
    session: AsyncSession, report: RowMapping, first: int, among: Searched
) -> list[Match]:
    latitude, longitude = report["latitude"], report["longitude"]
    if latitude is None or longitude is None:
        return []
    narrowing = max(cos(radians(latitude)), 0.1)
    north, east = METRES / _METRES_A_DEGREE, METRES / _METRES_A_DEGREE / narrowing
    asked = {
        **among.parameters,
        "latitude": latitude,
        "longitude": longitude,
        "narrowing": narrowing,
        "first": first,
        "rows": _cells(latitude - north, latitude + north),
        "columns": _cells(longitude - east, longitude + east),
    }
    statement = _NEAR.format(reports=f"{among.belongs} AND {among.filters}")
    return [
        Match(number, metres=round(metres, -1))
        for number, metres in await session.execute(text(statement), asked)
    ]


async def _with_the_words(
    session: AsyncSession, report: RowMapping, words: OwnWords, first: int, among: Searched
) -> list[tuple[int, set[str], set[str]]]:
    """Reports that have two of the telling words or nearly all words, with their matching stems.
    They are in the same city or regency, without a place, or at the same agency. The stems in the
    whole report come first, then those in its title."""
    if not words.pairs:
        return []
    filters, parameters = among.filters, dict(among.parameters)
    if report["region_code"] is not None:
        filters += f" AND {_NOT_ELSEWHERE}"
        parameters |= {
            "city": report["region_code"][:CITY_CODE] + "%",
            "handler": report["handler_id"],
        }
    searched = Searched(
        among.belongs, parameters, among.standing, among.count, filters, first=first
    )
    matching = await newest_matches(session, words.pairs, searched, None, LOOKED_AT)
    rows = await session.execute(
        _STEMS, {"numbers": matching.numbers, "stems": list(words.by_stem)}
    )
    return [(number, set(stems), set(in_title)) for number, stems, in_title in rows]


def _cells(low: float, high: float) -> list[int]:
    return list(range(floor(low * _CELLS_A_DEGREE), floor(high * _CELLS_A_DEGREE) + 1))


_METRES_A_DEGREE = 111_195
_CELLS_A_DEGREE = 200
"""As in the index `report_text_cell`: squares of some 550 metres, of which four are enough."""
_NOT_ELSEWHERE = "(r.region_code IS NULL OR r.region_code LIKE :city OR r.handler_id = :handler)"
_ONE = text("""
SELECT coalesce(t.title, t.original_title) AS title, coalesce(t.body, t.original_body) AS body,
    t.latitude, t.longitude, r.region_code, r.handler_id
FROM lifecycle.report r JOIN lifecycle.report_text t ON t.number = r.number
WHERE r.number = :number
""")
# Numbers rise with time, but times have no index: a binary search finds the first number since.
_FIRST_SINCE = text("""
WITH RECURSIVE halves (low, high) AS (
    SELECT min(number), max(number) + 1 FROM lifecycle.report
    UNION ALL
    SELECT CASE WHEN since THEN low ELSE middle + 1 END, CASE WHEN since THEN middle ELSE high END
    FROM halves, LATERAL (SELECT (low + high) / 2 AS middle) half, LATERAL (
        SELECT coalesce((SELECT r.submitted_at >= :since FROM lifecycle.report r
                         WHERE r.number >= middle ORDER BY r.number LIMIT 1), true) AS since) at
    WHERE low < high
)
SELECT low FROM halves WHERE low >= high
""")
_NEAR = f"""
WITH near AS MATERIALIZED (
    SELECT t.number, {_METRES_A_DEGREE} * sqrt((t.latitude - :latitude) ^ 2
        + ((t.longitude - :longitude) * :narrowing) ^ 2) AS metres
    FROM unnest(CAST(:rows AS int[])) y, unnest(CAST(:columns AS int[])) x, LATERAL (
        SELECT t.number, t.latitude, t.longitude FROM lifecycle.report_text t
        WHERE floor(t.latitude * {_CELLS_A_DEGREE})::int = y
          AND floor(t.longitude * {_CELLS_A_DEGREE})::int = x
          AND t.latitude IS NOT NULL AND t.number >= :first
        ORDER BY t.number DESC LIMIT {IN_A_CELL}) t
)
SELECT f.number, CAST(near.metres AS int)
FROM near, LATERAL (
    SELECT r.number FROM lifecycle.report r WHERE r.number = near.number AND {{reports}} OFFSET 0) f
WHERE near.metres <= {METRES}
ORDER BY near.metres LIMIT {MOST}
"""  # noqa: S608
_STEMS = text("""
SELECT t.number, ARRAY(
    SELECT s.stem FROM unnest(CAST(:stems AS text[])) s (stem)
    WHERE t.search @@ CAST(quote_literal(s.stem) AS tsquery)), ARRAY(
    SELECT s.stem FROM unnest(CAST(:stems AS text[])) s (stem)
    WHERE title.search @@ CAST(quote_literal(s.stem) AS tsquery))
FROM lifecycle.report_text t, LATERAL (
    SELECT to_tsvector('indonesian', coalesce(t.title, t.original_title)) OFFSET 0) title (search)
WHERE t.number = ANY (:numbers)
""")
