"""Keeps facts and tallies consistent: what is written of a report replaces what was written
before."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

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
"""An agency, a span and its first day: the key of a row in each table of tallies."""
Column = Literal["management", "usage", "held", "staff"]
TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "reporting.tally": ("management", "usage"),
    "reporting.held_tally": ("held", "staff"),
}
"""The columns of each table of tallies: counted by who handles the report now, and by who held its
clocks."""
Counts = dict[Column, Counter[str]]

COUNTED_BY: Final = 1
"""The version of the counting rules. Reports counted by an earlier version are recounted in the
background."""

ROWS: Final = 10_000
"""The number of tallies written by one statement."""
ONE_WRITER: Final = 0x7374_6174
"""The key of the advisory lock: only one transaction at a time changes facts and tallies."""


async def lock_statistics(connection: Connection) -> None:
    """Take the lock on the statistics until the transaction ends, waiting until it is free."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))


class Changes:
    """What reports add to the tallies and take from them, by agency and day, until it is stored."""

    def __init__(self) -> None:
        self._days: dict[tuple[int, date], Counts] = {}

    def __len__(self) -> int:
        return len(self._days)

    def count(
        self, path: Sequence[int], day: date, marks: Sequence[str], by: Literal[1, -1]
    ) -> None:
        """Count a report's marks for its handler and all agencies above; `by` -1 takes them out."""
        counted: dict[Column, list[str]] = {"management": [], "usage": []}
        for mark in marks:
            if column := _column(mark):
                counted[column].append(mark)
        for agency_id in path:
            self._add(agency_id, day, counted, by)

    def share(self, holdings: Sequence[Holding], by: Literal[1, -1]) -> None:
        """Count the shares of all agencies that held one report; `by` -1 takes them out."""
        for agency_id, (held, staff) in shares(holdings).items():
            self._add(agency_id, holdings[0].day, {"held": held, "staff": staff}, by)

    def by_place(self) -> dict[Place, Counts]:
        """Return the changes by agency and span: days, months and years."""
        places: dict[Place, Counts] = {}
        for (agency_id, day), counts in self._days.items():
            for span, first in spans_of(day):
                row = places.setdefault((agency_id, span, first), {})
                for column, counter in counts.items():
                    if column in row:
                        row[column].update(counter)
                    else:
                        row[column] = counter.copy()
        return places

    def _add(
        self, agency_id: int, day: date, counted: dict[Column, list[str]], by: Literal[1, -1]
    ) -> None:
        counts = self._days.setdefault((agency_id, day), {})
        for column, marks in counted.items():
            if not marks:
                continue
            if column not in counts:
                counts[column] = Counter()
            if by == 1:
                counts[column].update(marks)
            else:
                counts[column].subtract(marks)


async def refresh(connection: Connection, numbers: Sequence[int]) -> int:
    """Recompute these reports and their tallies from their histories, and return the number of
    reports. The caller holds the lock of `alone`. Repeating it changes nothing."""
    changes = Changes()
    await _forget(connection, numbers, changes)
    counted = await recount(connection, numbers, changes)
    await store(connection, changes)
    return counted


async def recount(connection: Connection, numbers: Sequence[int], changes: Changes) -> int:
    """Write the facts of reports that have none yet, add their counts to `changes`, and return the
    number of reports."""
    reports = await read_counted(connection, numbers)
    for report in reports:
        changes.count(report.fact.path, report.fact.day, report.fact.marks, 1)
        changes.share(report.holdings, 1)
    await _write(connection, reports)
    return len(reports)


async def store(connection: Connection, changes: Changes) -> None:
    """Apply `changes` to the stored tallies."""
    places = changes.by_place()
    for table, columns in TABLES.items():
        await _tally(connection, table, columns, places)


def spans_of(day: date) -> tuple[tuple[Span, date], ...]:
    """Return the spans that contain a day."""
    return ("day", day), ("month", day.replace(day=1)), ("year", day.replace(month=1, day=1))


@lru_cache(maxsize=10_000)
def _column(mark: str) -> Column | None:
    if not tallied(mark):
        return None
    return "usage" if kind_of(mark) in USAGE else "management"


async def _forget(connection: Connection, numbers: Sequence[int], changes: Changes) -> None:
    gone = await connection.execute(_FORGET, (list(numbers),))
    let_go = await connection.execute(_LET_GO, (list(numbers),))
    for path, day, marks in await gone.fetchall():
        changes.count(path, day, marks, -1)
    former: dict[int, list[Holding]] = {}
    for row in await let_go.fetchall():
        former.setdefault(row[0], []).append(Holding(*row))
    for holdings in former.values():
        changes.share(holdings, -1)


async def _write(connection: Connection, reports: Sequence[Counted]) -> None:
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for fact in (report.fact for report in reports):
            await copy.write_row(
                (
                    fact.number,
                    fact.version,
                    fact.path[-1],
                    _array(fact.path),
                    fact.day,
                    fact.region_code,
                    _array(fact.marks),
                    COUNTED_BY,
                )
            )
    async with connection.cursor() as cursor, cursor.copy(_COPY_HOLDINGS) as copy:
        for holding in (holding for report in reports for holding in report.holdings):
            values = (getattr(holding, name) for name in HoldingRow.model_fields)
            await copy.write_row([_array(v) if isinstance(v, tuple) else v for v in values])


async def _tally(
    connection: Connection, table: str, columns: tuple[Column, ...], changed: dict[Place, Counts]
) -> None:
    keys = sorted(
        key
        for key, row in changed.items()
        if any(any(row[c].values()) for c in columns if c in row)
    )
    for first in range(0, len(keys), ROWS):
        some = {key: changed[key] for key in keys[first : first + ROWS]}
        await _write_tallies(connection, table, columns, some)


async def _write_tallies(
    connection: Connection, table: str, columns: tuple[Column, ...], changed: dict[Place, Counts]
) -> None:
    names = {"table": table, "columns": ", ".join(columns)}
    places = [list(column) for column in zip(*changed, strict=True)]
    known = await connection.execute(_TALLIES.format(**names).encode(), places)
    for agency_id, span, day, *counted in await known.fetchall():
        row = changed[agency_id, span, day]
        for column, counts in zip(columns, counted, strict=True):
            row.setdefault(column, Counter()).update(counts)
    rows = [[_without_zeros(row.get(column, {})) for column in columns] for row in changed.values()]
    documents = [orjson.dumps(column).decode() for column in zip(*rows, strict=True)]
    names["documents"] = ", ".join("jsonb_array_elements(%s::jsonb)" for _ in columns)
    names["replaced"] = ", ".join(f"{column} = excluded.{column}" for column in columns)
    await connection.execute(_WRITE.format(**names).encode(), [*places, *documents])
    empty = [place for place, row in zip(changed, rows, strict=True) if not any(row)]
    if empty:
        places = [list(column) for column in zip(*empty, strict=True)]
        await connection.execute(_DELETE.format(**names).encode(), places)


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {mark: n for mark, n in counts.items() if n}


def _array(values: Iterable[object]) -> str:
    """Return an array in Postgres's text form, for numbers or marks, which contain neither quotes
    nor backslashes. The driver would search each value for these, which took a third of the
    computing time here."""
    quoted = ",".join(f'"{value}"' for value in values)
    return f"{{{quoted}}}"


_HELD = ", ".join(HoldingRow.model_fields)
_FORGET = "DELETE FROM reporting.fact WHERE number = ANY (%s) RETURNING path, day, marks"
_LET_GO = f"DELETE FROM reporting.holding WHERE number = ANY (%s) RETURNING {_HELD}"  # noqa: S608
_COPY = f"COPY {full_name(FactRow)} ({', '.join(FactRow.model_fields)}) FROM STDIN"
_COPY_HOLDINGS = f"COPY {full_name(HoldingRow)} ({_HELD}) FROM STDIN"
_GIVEN = "unnest(%s::int[], %s::text[], %s::date[]) AS given (agency_id, span, day)"
# The limit makes Postgres look up each row by its key, whatever it knows of the table's size; as a
# join of sets it would read the whole table for ten thousand rows.
_TALLIES = f"""
SELECT given.agency_id, given.span, given.day, {{columns}} FROM {_GIVEN}
CROSS JOIN LATERAL (
    SELECT {{columns}} FROM {{table}} t
    WHERE (t.agency_id, t.span, t.day) = (given.agency_id, given.span, given.day) LIMIT 1
) known
"""  # noqa: S608
_WRITE = """
INSERT INTO {table} (agency_id, span, day, {columns})
SELECT * FROM ROWS FROM (unnest(%s::int[], %s::text[], %s::date[]), {documents})
ON CONFLICT (agency_id, span, day) DO UPDATE SET {replaced}
"""
_DELETE = f"""
DELETE FROM {{table}} t USING {_GIVEN}
WHERE (t.agency_id, t.span, t.day) = (given.agency_id, given.span, given.day)
"""  # noqa: S608
