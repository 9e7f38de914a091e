"""Of which months ratings of closings are told, so that no two periods tell one answer."""

from collections.abc import Mapping
from datetime import date

from services.reporting.statistics.period import Period
from shared.privacy.enough_answers import groups_with_enough


def months_told(answers: Mapping[date, int], period: Period) -> list[date]:
    """The months of a period, by their first day. `answers` are those of each month of `years_of`
    that period.

    From January on, months are put together until they have enough answers, always the same ones
    whatever period is asked for; told are those groups that lie in it. So the difference between
    any two periods is of ten answers or more, or of none. A period that is not of whole months has
    none.
    """
    if not period.is_whole_months:
        return []
    groups = groups_with_enough(answers, years_of(period).months())
    told = (group for group in groups if period.first <= group[0] and group[-1] <= period.last)
    return [month for group in told for month in group]


def years_of(period: Period) -> Period:
    """The whole years that a period lies in."""
    first, last = period.first.replace(month=1, day=1), period.last.replace(month=12, day=31)
    return Period(first, last)
