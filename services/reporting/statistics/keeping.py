"""Keeps facts and tallies in step: what is written of a report replaces what was."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import orjson
import psycopg

from services.reporting.statistics.facts import MANAGEMENT_KINDS, Fact, tallied
from services.reporting.statistics.history import calendar_of, facts_of

Connection = psycopg.AsyncConnection[Any]
Place = tuple[int, str, date]
"""Agency, span (`day` or `month`), its first day."""
Change = dict[Place, Counter[str]]

ONE_WRITER: Final = 0x7374_6174
"""Of the advisory lock: whoever changes facts and tallies is alone until the transaction ends."""


async def alone(connection: Connection) -> None:
    """Wait until nobody else changes the statistics."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))


async def refresh(connection: Connection, numbers: Sequence[int]) -> int:
    """Compute these reports anew from their histories, and the tallies they count in. Wants
    `alone`. How many there are; the same again changes nothing."""
    facts = await facts_of(connection, numbers, await calendar_of(connection))
    gone = await connection.execute(_FORGET, (list(numbers),))
    change: Change = {}
    for path, day, marks in await gone.fetchall():
        _count(change, path, day, marks, -1)
    for fact in facts:
        _count(change, fact.path, fact.day, fact.marks, 1)
    await _store(connection, facts)
    await _tally(connection, change)
    return len(facts)


def _count(change: Change, path: Iterable[int], day: date, marks: Iterable[str], by: int) -> None:
    counted = dict.fromkeys((mark for mark in marks if tallied(mark)), by)
    month = day.replace(day=1)
    for agency_id in path:
        for place in ((agency_id, "day", day), (agency_id, "month", month)):
            change.setdefault(place, Counter()).update(counted)


async def _store(connection: Connection, facts: Sequence[Fact]) -> None:
    async with (
        connection.cursor() as cursor,
        cursor.copy(_COPY) as copy,
    ):
        for fact in facts:
            await copy.write_row(
                (
                    fact.number,
                    fact.version,
                    fact.path[-1],
                    list(fact.path),
                    fact.day,
                    fact.region_code,
                    fact.submitted_at,
                    fact.verified_at,
                    fact.first_follow_up_at,
                    fact.settled_at,
                    fact.closed_at,
                    fact.verifier_id,
                    fact.responder_id,
                    list(fact.marks),
                )
            )
    paths = {fact.path[-1]: f"{{{','.join(map(str, fact.path))}}}" for fact in facts}
    await connection.execute(_PLACED, (list(paths), list(paths.values())))


async def _tally(connection: Connection, change: Change) -> None:
    moved = {place: marks for place, counted in change.items() if (marks := _nonzero(counted))}
    if not moved:
        return
    places = sorted(moved)
    columns: list[list[Any]] = [list(column) for column in zip(*places, strict=True)]
    known = await connection.execute(_TALLIES, columns)
    async for agency_id, span, day, management, usage in known:
        counted = moved[agency_id, span, day]
        counted.update(management)
        counted.update(usage)
    halves = [_split(moved[place]) for place in places]
    documents = [
        [orjson.dumps(half).decode() for half in side] for side in zip(*halves, strict=True)
    ]
    await connection.execute(_WRITE, [*columns, *documents])
    await connection.execute(_EMPTY, columns)


def _nonzero(counted: Counter[str]) -> Counter[str]:
    return Counter({mark: n for mark, n in counted.items() if n})


def _split(counted: Counter[str]) -> tuple[dict[str, int], dict[str, int]]:
    management: dict[str, int] = {}
    usage: dict[str, int] = {}
    for mark, count in sorted(counted.items()):
        if count:
            kind = mark.split(":", 1)[0]
            (management if kind in MANAGEMENT_KINDS else usage)[mark] = count
    return management, usage


_FORGET = "DELETE FROM reporting.fact WHERE number = ANY (%s) RETURNING path, day, marks"
_COPY = """
COPY reporting.fact (number, version, handler_id, path, day, region_code, submitted_at, verified_at,
    first_follow_up_at, settled_at, closed_at, verifier_id, responder_id, marks) FROM STDIN
"""
_PLACED = """
INSERT INTO reporting.tallied_agency (agency_id, path)
SELECT id, path::bigint[] FROM unnest(%s::int[], %s::text[]) AS placed (id, path)
ON CONFLICT (agency_id) DO UPDATE SET path = excluded.path
WHERE tallied_agency.path <> excluded.path
"""
_GIVEN = "unnest(%s::int[], %s::text[], %s::date[]) AS given (agency_id, span, day)"
_TALLIES = f"""
SELECT agency_id, span, day, management, usage
FROM reporting.tally JOIN {_GIVEN} USING (agency_id, span, day)
"""  # noqa: S608
_WRITE = """
INSERT INTO reporting.tally (agency_id, span, day, management, usage)
SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], %s::jsonb[], %s::jsonb[])
ON CONFLICT (agency_id, span, day)
DO UPDATE SET management = excluded.management, usage = excluded.usage
"""
_EMPTY = f"""
DELETE FROM reporting.tally t USING {_GIVEN}
WHERE (t.agency_id, t.span, t.day) = (given.agency_id, given.span, given.day)
    AND t.management = '{{}}'
"""  # noqa: S608
