"""Five faults of a thousand (`make chaos`): whatever is killed, nothing accepted is lost."""

import pytest

from tests.whole_cluster.channels import Crowd, under_load
from tests.whole_cluster.checks import everything_holds, nothing_is_lost_or_late
from tests.whole_cluster.faults import KINDS, fault
from tests.whole_cluster.strikes import strike

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]


async def test_five_faults_under_load_lose_nothing(crowd: Crowd) -> None:
    async with under_load(crowd):
        for number in range(1, 6):
            await strike(crowd, fault(31037, number))
            await nothing_is_lost_or_late(crowd)
    await everything_holds(crowd)


def test_a_seed_repeats_its_faults() -> None:
    drawn = [str(fault(7, number)) for number in range(1, 200)]
    assert drawn == [str(fault(7, number)) for number in range(1, 200)]
    assert drawn != [str(fault(8, number)) for number in range(1, 200)]


def test_every_kind_is_drawn_and_some_in_turn_where_that_is_asked() -> None:
    assert {fault(7, number).kind for number in range(1, 1000)} == {*KINDS}
    assert [fault(7, number, KINDS).kind for number in range(1, len(KINDS) + 1)] == [*KINDS]
