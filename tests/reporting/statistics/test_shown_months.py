"""No two periods tell, by their difference, what fewer than ten reporters said."""

import itertools
import random
from datetime import date, timedelta

import pytest

from services.reporting.statistics.period import Period
from services.reporting.statistics.shown_months import months_shown
from shared.privacy.enough_answers import ENOUGH

FIRSTS = [date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)]
LASTS = [first - timedelta(days=1) for first in (*FIRSTS[1:], date(2027, 1, 1))]
PERIODS = [Period(first, last) for first in FIRSTS for last in LASTS if first < last]


@pytest.mark.parametrize("seed", range(3))
def test_two_periods_differ_by_ten_answers_or_by_none(seed: int) -> None:
    chance = random.Random(seed)
    answers = {first: chance.choice([0, 1, 4, 9, 10, 25]) for first in FIRSTS}
    told = [frozenset(months_shown(answers, period)) for period in PERIODS]
    assert any(told)
    for one, other in itertools.combinations(set(told), 2):
        for rest in (one - other, other - one):
            assert not rest or sum(answers[month] for month in rest) >= ENOUGH


def test_a_month_with_enough_is_told_alone_and_a_part_of_it_never() -> None:
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    answers = {date(2026, 2, 1): 12, date(2026, 3, 1): 10}
    assert months_shown(answers, march) == [date(2026, 3, 1)]
    assert months_shown(answers, Period(date(2026, 3, 1), date(2026, 3, 30))) == []
    assert months_shown(answers | {date(2026, 2, 1): 9}, march) == []  # it stands with February
