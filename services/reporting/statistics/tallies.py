"""Reads tallies: how many reports of an agency and all below bear each mark, in a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.statistics.period import Period
from services.reporting.statistics.updates import TABLES, Column
from shared.database.engine import raw


@dataclass
class Tally:
    """Counts by mark, for the whole period and for its days or months."""

    total: Counter[str] = field(default_factory=Counter)
    buckets: dict[str, Counter[str]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> dict[str, int]:
        """Return the values of a kind with their counts, without those that are 0."""
        begin = f"{kind}:"
        return {
            mark.removeprefix(begin): count
            for mark, count in self.total.items()
            if mark.startswith(begin) and count
        }

    def of_person(self, staff_id: int) -> "Tally":
        """Return one person's part of a tally of column `staff`, without buckets."""
        begin = f"{staff_id}:"
        own = {m.removeprefix(begin): n for m, n in self.total.items() if m.startswith(begin)}
        return Tally(Counter(own))

    def quantile(self, duration: str, share: float) -> float | None:
        """Return the days, to one decimal, that at least this share of the measured reports did not
        exceed; None if none was measured."""
        value = self.middle(duration, share)
        return None if value is None else value / 10

    def middle(self, kind: str, share: float) -> int | None:
        """Return the value that at least this share did not exceed, of a kind whose values are
        numbers; None if there is none."""
        values = sorted((int(value), n) for value, n in self.of_kind(kind).items())
        needed, seen = share * sum(n for _, n in values), 0
        for value, n in values:
            seen += n
            if seen >= needed:
                return value
        return None


async def read_tally(
    session: AsyncSession, column: Column, agency_id: int, period: Period
) -> Tally:
    """Return the tally of one agency, with its buckets."""
    tallies = await _read(session, column, [agency_id], period, by_bucket=True)
    return tallies[agency_id]


async def read_totals(
    session: AsyncSession, column: Column, agency_ids: Sequence[int], period: Period
) -> dict[int, Tally]:
    """Return the tallies of many agencies, without buckets."""
    return await _read(session, column, agency_ids, period, by_bucket=False)


async def _read(
    session: AsyncSession,
    column: Column,
    agency_ids: Sequence[int],
    period: Period,
    *,
    by_bucket: bool,
) -> dict[int, Tally]:
    cover = list(period.cover(by_bucket=by_bucket))
    spans, days = [span for span, _ in cover], [day for _, day in cover]
    connection = await raw(session)
    table = next(table for table, columns in TABLES.items() if column in columns)
    statement = _TALLIES.format(table=table, column=column).encode()
    rows = await connection.execute(statement, (list(agency_ids), spans, days))
    tallies = {agency_id: Tally() for agency_id in agency_ids}
    async for agency_id, day, document in rows:
        counts = orjson.loads(document)
        tally = tallies[agency_id]
        tally.total.update(counts)
        if by_bucket:
            tally.buckets.setdefault(period.bucket(day), Counter()).update(counts)
    return tallies


_TALLIES = """
SELECT t.agency_id, t.day, t.{column}::text
FROM unnest(%s::int[]) AS asked (agency_id)
CROSS JOIN unnest(%s::text[], %s::date[]) AS cover (span, day)
JOIN {table} t USING (agency_id, span, day)
"""
