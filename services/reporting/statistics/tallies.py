"""Reads tallies: how many reports of an agency and all below bear each mark, in a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.statistics.period import Period
from shared.database.engine import raw


@dataclass
class Tally:
    """Counts by mark, of the whole period and of its days or months."""

    total: Counter[str] = field(default_factory=Counter)
    buckets: dict[str, Counter[str]] = field(default_factory=dict)

    def kind(self, kind: str) -> dict[str, int]:
        """What stands behind the colon of the marks of a kind, with counts."""
        begin = f"{kind}:"
        return {
            mark[len(begin) :]: count
            for mark, count in self.total.items()
            if mark.startswith(begin) and count
        }

    def quantile(self, kind: str, share: float) -> float | None:
        """Working days that at least this share of the measured reports did not exceed."""
        tenths = sorted((int(key), count) for key, count in self.kind(kind).items())
        needed, seen = share * sum(count for _, count in tenths), 0
        for value, count in tenths:
            seen += count
            if seen >= needed:
                return value / 10
        return None


async def management(
    session: AsyncSession, agencies: Sequence[int], period: Period
) -> dict[int, Tally]:
    """The figures of *Pengelolaan Laporan* of each of these agencies."""
    return await _read(session, "management", agencies, period)


async def usage(session: AsyncSession, agency_id: int, period: Period) -> Tally:
    """The groups of *Pemanfaatan Data* of an agency."""
    return (await _read(session, "usage", [agency_id], period))[agency_id]


async def _read(
    session: AsyncSession, column: str, agencies: Sequence[int], period: Period
) -> dict[int, Tally]:
    spans: dict[str, list[object]] = {"day": [], "month": []}
    for span, day in period.cover():
        spans[span].append(day)
    connection = await raw(session)
    rows = await connection.execute(
        _TALLIES.format(column=column).encode(), (list(agencies), spans["day"], spans["month"])
    )
    tallies = {agency_id: Tally() for agency_id in agencies}
    for agency_id, day, counted in await rows.fetchall():
        marks = orjson.loads(counted)
        tally = tallies[agency_id]
        tally.total.update(marks)
        tally.buckets.setdefault(period.bucket(day), Counter()).update(marks)
    return tallies


_TALLIES = """
SELECT agency_id, day, {column}::text FROM reporting.tally
WHERE agency_id = ANY (%s)
    AND (span = 'day' AND day = ANY (%s) OR span = 'month' AND day = ANY (%s))
"""
