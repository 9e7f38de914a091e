"""The agency and the period of a request, and the rows of tallies that cover the period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.statistics.updates import Span
from shared.command_requests.directory import Agency, agency
from shared.database.columns import now
from shared.http.auth import CurrentReader
from shared.http.problems import FieldError, not_found, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.calendar import DAY, Zone
from shared.values.fields import Day
from shared.values.ids import AgencyId

BY_THE_DAY: Final = 62
"""The longest period, in days, whose trend is shown by day; a longer one is shown by month."""
LONGEST: Final = 3_700
"""The longest period in days."""


@dataclass(frozen=True)
class Period:
    """A period from the first to the last day, both included; days are those of the handlers' time
    zones."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def by_the_day(self) -> bool:
        return self.days <= BY_THE_DAY

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + DAY).day == 1

    def months(self) -> Iterator[date]:
        """Yield the first day of each month that the period touches."""
        month = self.first.replace(day=1)
        while month <= self.last:
            yield month
            month = _next(month, "month")

    def before(self) -> "Period":
        """Return the period before: whole months before whole months, otherwise the same number of
        days."""
        end = self.first - DAY
        if self.is_whole_months:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
            return Period(_months_before(end.replace(day=1), months), end)
        return Period(self.first - timedelta(days=self.days), end)

    def cover(self, *, by_bucket: bool) -> Iterator[tuple[Span, date]]:
        """Yield the tallies that cover the period, each day once: the longest spans that fit. With
        `by_bucket`, no span is longer than a bucket."""
        longest = ("day" if self.by_the_day else "month") if by_bucket else "year"
        spans: tuple[Span, ...] = _SPANS[_SPANS.index(longest) :]
        day = self.first
        while day <= self.last:
            for span in spans:
                end = _next(day, span)
                if _begins(day, span) and end - DAY <= self.last:
                    yield span, day
                    day = end
                    break

    def buckets(self) -> Iterator[str]:
        """Yield the names of the buckets: `2026-01-31` for days, `2026-01` for months."""
        day = self.first
        while day <= self.last:
            yield self.bucket(day)
            day = _next(day, "day" if self.by_the_day else "month")

    def bucket(self, day: date) -> str:
        return day.isoformat() if self.by_the_day else f"{day:%Y-%m}"


async def requested_period(
    staff: CurrentReader,
    session: Transaction,
    first: Annotated[
        Day | None,
        Query(
            alias="from", description="First day; by default the first day of the last day's year"
        ),
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Last day; by default the last day of this year")
    ] = None,
) -> Period:
    """Return the period of a request. Raises the 422 problem if it ends before it begins or is
    longer than ten years."""
    own = await agency(session, staff.agency_id)
    today = now().astimezone((own.zone if own else Zone.WIB).offset).date()
    last = last or today.replace(month=12, day=31)
    first = first or last.replace(month=1, day=1)
    if last < first:
        raise validation(FieldError("to", "period_backwards"))
    if first < _EARLIEST or last > _LATEST or (last - first).days >= LONGEST:
        raise validation(FieldError("to", "period_invalid"))
    return Period(first, last)


AskedPeriod = Annotated[Period, Depends(requested_period)]
AskedAgency = Annotated[
    AgencyId | None, Query(alias="agency", description="The own agency (the default) or one below")
]


async def agency_in_reach(session: AsyncSession, staff: Staff, agency_id: int | None) -> Agency:
    """Return the requested agency. Raises the 404 problem for one that is neither the caller's nor
    below it."""
    unit = await agency(session, staff.agency_id if agency_id is None else agency_id)
    if unit is None or not unit.is_or_stands_below(staff.agency_id):
        raise not_found("agency_not_found")
    return unit


_SPANS: tuple[Span, ...] = ("year", "month", "day")


def _begins(day: date, span: Span) -> bool:
    return span == "day" or (day.day == 1 and (span == "month" or day.month == 1))


def _next(day: date, span: Span) -> date:
    """Return the first day after the span that contains this day."""
    if span == "day":
        return day + DAY
    if span == "year":
        return date(day.year + 1, 1, 1)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months_before(first: date, months: int) -> date:
    month = first.year * 12 + first.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
