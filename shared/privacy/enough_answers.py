"""Which months' answers are told together, so that nobody can tell whose an answer is. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

ENOUGH: Final = 10
"""Answers; of fewer an agency could tell whose they are."""


def groups_with_enough(answers: Mapping[date, int], months: Iterable[date]) -> list[list[date]]:
    """Months put together, from January on, until they have enough answers: always the same ones
    of a year, whatever is asked for. `months` are those of whole years, by their first day."""
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
