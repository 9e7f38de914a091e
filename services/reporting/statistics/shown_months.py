"""Which months' ratings of closings are shown, so that no two periods reveal a single answer."""

from collections.abc import Mapping
from datetime import date

from services.reporting.statistics.period import Period
from shared.privacy.enough_answers import groups_with_enough


def months_shown(answers: Mapping[date, int], period: Period) -> list[date]:
    """Return the months of a period whose answers are shown, by their first day.

    `answers` are the numbers of answers in each month of `years_of` that period. From January on,
    months are grouped until they have enough answers; the groups are the same whatever period is
    asked for, and those inside the period are shown. So any two periods differ by at least ten
    answers or by none. A period that is not of whole months has none.
    """
    if not period.is_whole_months:
        return []
    groups = groups_with_enough(answers, years_of(period).months())
    complete = (group for group in groups if period.first <= group[0] and group[-1] <= period.last)
    return [month for group in complete for month in group]


def years_of(period: Period) -> Period:
    """Return the whole years that contain the period."""
    first, last = period.first.replace(month=1, day=1), period.last.replace(month=12, day=31)
    return Period(first, last)
