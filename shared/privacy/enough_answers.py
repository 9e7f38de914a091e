"""Groups months whose answers are shown together, so that nobody can tell whose an answer is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

ENOUGH: Final = 10
"""The fewest answers that are shown: with fewer an agency could tell whose they are."""


def groups_with_enough(answers: Mapping[date, int], months: Iterable[date]) -> list[list[date]]:
    """Months, from January on, grouped until each group has enough answers.

    The groups of a year are always the same, whatever is asked for. `months` are the first days of
    the months of whole years.
    """
    groups: list[list[date]] = []
    together: list[date] = []
    for month in months:
        if month.month == 1:
            together = []
        together.append(month)
        if sum(answers.get(other, 0) for other in together) >= ENOUGH:
            groups.append(together)
            together = []
    return groups
