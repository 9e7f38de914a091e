"""Keeps facts and tallies in step: what is written of a report replaces what was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, get_args

import orjson
import psycopg

from services.reporting.statistics.histories import Counted, read_counted
from services.reporting.statistics.holdings import Holding, shares
from services.reporting.statistics.marks import USAGE, kind_of, tallied
from services.reporting.statistics.models import FactRow, HoldingRow
from shared.database.rows import full_name

Connection = psycopg.AsyncConnection[Any]
Span = Literal["day", "month", "year"]
Place = tuple[int, Span, date]
"""An agency, a span, its first day: a row of each table of tallies."""
Column = Literal["management", "usage", "held", "staff"]
TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "reporting.tally": ("management", "usage"),
    "reporting.held_tally": ("held", "staff"),
}
"""What is tallied where: by who handles the report now, and by who held its clocks."""
Change = dict[Place, dict[Column, Counter[str]]]

COUNTED_BY: Final = 1
"""The version of the rules. Reports counted by an earlier one are counted anew in time."""

ONE_WRITER: Final = 0x7374_6174
"""Of the advisory lock: whoever changes facts and tallies is alone until the transaction ends."""


async def alone(connection: Connection) -> None:
    """Wait until nobody else changes the statistics."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))


async def refresh(connection: Connection, numbers: Sequence[int]) -> int:
    """Compute these reports anew from their histories, and the tallies they count in; wants
    `alone`. Returns how many reports there are. The same again changes nothing."""
    reports = await read_counted(connection, numbers)
    gone = await connection.execute(_FORGET, (list(numbers),))
    let_go = await connection.execute(_LET_GO, (list(numbers),))
    change: Change = {}
    for path, day, marks in await gone.fetchall():
        _count(change, path, day, marks, -1)
    former: dict[int, list[Holding]] = {}
    for row in await let_go.fetchall():
        former.setdefault(row[0], []).append(Holding(*row))
    for holdings in former.values():
        _share(change, holdings, -1)
    for report in reports:
        _count(change, report.fact.path, report.fact.day, report.fact.marks, 1)
        _share(change, report.holdings, 1)
    await _store(connection, reports)
    for table, columns in TABLES.items():
        await _tally(connection, table, columns, change)
    return len(reports)


def spans_of(day: date) -> tuple[tuple[Span, date], ...]:
    """The spans a day lies in."""
    return ("day", day), ("month", day.replace(day=1)), ("year", day.replace(month=1, day=1))


def _count(change: Change, path: Iterable[int], day: date, marks: Sequence[str], by: int) -> None:
    counted: dict[Column, list[str]] = {"management": [], "usage": []}
    for mark in marks:
        if tallied(mark):
            counted["usage" if kind_of(mark) in USAGE else "management"].append(mark)
    for agency_id in path:
        _add(change, agency_id, day, counted, by)


def _share(change: Change, holdings: Sequence[Holding], by: int) -> None:
    for agency_id, (held, staff) in shares(holdings).items():
        _add(change, agency_id, holdings[0].day, {"held": held, "staff": staff}, by)


def _add(
    change: Change, agency_id: int, day: date, counted: dict[Column, list[str]], by: int
) -> None:
    for span, first in spans_of(day):
        row = change.setdefault((agency_id, span, first), {c: Counter() for c in get_args(Column)})
        for column, marks in counted.items():
            for mark in marks:
                row[column][mark] += by


async def _store(connection: Connection, reports: Sequence[Counted]) -> None:
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for fact in (report.fact for report in reports):
            await copy.write_row(
                (
                    fact.number,
                    fact.version,
                    fact.path[-1],
                    list(fact.path),
                    fact.day,
                    fact.region_code,
                    list(fact.marks),
                    COUNTED_BY,
                )
            )
    async with connection.cursor() as cursor, cursor.copy(_COPY_HOLDINGS) as copy:
        for holding in (holding for report in reports for holding in report.holdings):
            values = (getattr(holding, name) for name in HoldingRow.model_fields)
            await copy.write_row([list(v) if isinstance(v, tuple) else v for v in values])


async def _tally(
    connection: Connection, table: str, columns: tuple[Column, ...], change: Change
) -> None:
    keys = sorted(key for key, row in change.items() if any(any(row[c].values()) for c in columns))
    if not keys:
        return
    names = {"table": table, "columns": ", ".join(columns)}
    places = [list(column) for column in zip(*keys, strict=True)]
    known = await connection.execute(_TALLIES.format(**names).encode(), places)
    for agency_id, span, day, *counted in await known.fetchall():
        row = change[agency_id, span, day]
        for column, counts in zip(columns, counted, strict=True):
            row[column].update(counts)
    documents = [[_json(change[key][column]) for key in keys] for column in columns]
    names["documents"] = ", ".join("%s::jsonb[]" for _ in columns)
    names["replaced"] = ", ".join(f"{column} = excluded.{column}" for column in columns)
    names["nothing"] = " AND ".join(f"t.{column} = '{{}}'" for column in columns)
    await connection.execute(_WRITE.format(**names).encode(), [*places, *documents])
    await connection.execute(_EMPTY.format(**names).encode(), places)


def _json(counts: Counter[str]) -> str:
    return orjson.dumps({mark: n for mark, n in sorted(counts.items()) if n}).decode()


_HELD = ", ".join(HoldingRow.model_fields)
_FORGET = "DELETE FROM reporting.fact WHERE number = ANY (%s) RETURNING path, day, marks"
_LET_GO = f"DELETE FROM reporting.holding WHERE number = ANY (%s) RETURNING {_HELD}"  # noqa: S608
_COPY = f"COPY {full_name(FactRow)} ({', '.join(FactRow.model_fields)}) FROM STDIN"
_COPY_HOLDINGS = f"COPY {full_name(HoldingRow)} ({_HELD}) FROM STDIN"
_GIVEN = "unnest(%s::int[], %s::text[], %s::date[]) AS given (agency_id, span, day)"
_TALLIES = f"""
SELECT agency_id, span, day, {{columns}} FROM {{table}} JOIN {_GIVEN} USING (agency_id, span, day)
"""  # noqa: S608
_WRITE = """
INSERT INTO {table} (agency_id, span, day, {columns})
SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], {documents})
ON CONFLICT (agency_id, span, day) DO UPDATE SET {replaced}
"""
_EMPTY = f"""
DELETE FROM {{table}} t USING {_GIVEN}
WHERE (t.agency_id, t.span, t.day) = (given.agency_id, given.span, given.day) AND {{nothing}}
"""  # noqa: S608
