"""Keeps facts and tallies in step: what is written of a report replaces what was."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal

import orjson
import psycopg

from services.reporting.statistics.facts import Fact
from services.reporting.statistics.histories import facts_of
from services.reporting.statistics.marks import USAGE, kind_of, of_staff, tallied
from services.reporting.statistics.models import FactRow
from shared.database.rows import full_name

Connection = psycopg.AsyncConnection[Any]
Span = Literal["day", "month", "year"]
Place = tuple[int, Span, date]
"""An agency, a span, its first day: a row of `reporting.tally`."""
Column = Literal["management", "usage", "staff"]
COLUMNS: Final[tuple[Column, ...]] = ("management", "usage", "staff")
Change = dict[Place, dict[Column, Counter[str]]]

ONE_WRITER: Final = 0x7374_6174
"""Of the advisory lock: whoever changes facts and tallies is alone until the transaction ends."""


async def alone(connection: Connection) -> None:
    """Wait until nobody else changes the statistics."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))


async def refresh(connection: Connection, numbers: Sequence[int]) -> int:
    """Compute these reports anew from their histories, and the tallies they count in; wants
    `alone`. Returns how many reports there are. The same again changes nothing."""
    facts = await facts_of(connection, numbers)
    gone = await connection.execute(_FORGET, (list(numbers),))
    change: Change = {}
    for path, day, marks in await gone.fetchall():
        _count(change, path, day, marks, -1)
    for fact in facts:
        _count(change, fact.path, fact.day, fact.marks, 1)
    await _store(connection, facts)
    await _tally(connection, change)
    return len(facts)


def spans_of(day: date) -> tuple[tuple[Span, date], ...]:
    """The spans a day lies in."""
    return ("day", day), ("month", day.replace(day=1)), ("year", day.replace(month=1, day=1))


def _count(change: Change, path: Iterable[int], day: date, marks: Sequence[str], by: int) -> None:
    counted: dict[Column, list[str]] = {"management": [], "usage": []}
    for mark in marks:
        if tallied(mark):
            counted["usage" if kind_of(mark) in USAGE else "management"].append(mark)
    by_people = of_staff(list(marks))
    for agency_id in path:
        counted["staff"] = by_people.get(agency_id, [])
        for span, first in spans_of(day):
            row = change.setdefault((agency_id, span, first), {c: Counter() for c in COLUMNS})
            for column, marks_there in counted.items():
                for mark in marks_there:
                    row[column][mark] += by


async def _store(connection: Connection, facts: Sequence[Fact]) -> None:
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for fact in facts:
            await copy.write_row(
                (
                    fact.number,
                    fact.version,
                    fact.path[-1],
                    list(fact.path),
                    fact.day,
                    fact.region_code,
                    list(fact.marks),
                )
            )


async def _tally(connection: Connection, change: Change) -> None:
    keys = sorted(key for key, row in change.items() if any(_nonzero(row)))
    if not keys:
        return
    columns = [list(column) for column in zip(*keys, strict=True)]
    known = await connection.execute(_TALLIES, columns)
    for agency_id, span, day, *counted in await known.fetchall():
        row = change[agency_id, span, day]
        for column, counts in zip(COLUMNS, counted, strict=True):
            row[column].update(counts)
    documents = [[_json(change[key][column]) for key in keys] for column in COLUMNS]
    await connection.execute(_WRITE, [*columns, *documents])
    await connection.execute(_EMPTY, columns)


def _nonzero(row: dict[Column, Counter[str]]) -> Iterator[bool]:
    return (any(counts.values()) for counts in row.values())


def _json(counts: Counter[str]) -> str:
    return orjson.dumps({mark: n for mark, n in sorted(counts.items()) if n}).decode()


_FORGET = "DELETE FROM reporting.fact WHERE number = ANY (%s) RETURNING path, day, marks"
_COPY = f"COPY {full_name(FactRow)} ({', '.join(FactRow.model_fields)}) FROM STDIN"
_GIVEN = "unnest(%s::int[], %s::text[], %s::date[]) AS given (agency_id, span, day)"
_TALLIES = f"""
SELECT agency_id, span, day, management, usage, staff
FROM reporting.tally JOIN {_GIVEN} USING (agency_id, span, day)
"""  # noqa: S608
_WRITE = """
INSERT INTO reporting.tally (agency_id, span, day, management, usage, staff)
SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], %s::jsonb[], %s::jsonb[], %s::jsonb[])
ON CONFLICT (agency_id, span, day) DO UPDATE SET
    management = excluded.management, usage = excluded.usage, staff = excluded.staff
"""
_EMPTY = f"""
DELETE FROM reporting.tally t USING {_GIVEN}
WHERE (t.agency_id, t.span, t.day) = (given.agency_id, given.span, given.day)
    AND t.management = '{{}}'
"""  # noqa: S608
