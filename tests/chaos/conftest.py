"""One town for the tests of a worker: they share its reports, and look at all of them."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.cluster import Town
from tests.chaos.people import People

PROCESSES = ("intake", "routing", "followup", "worker", "launcher", "relay")


@pytest.fixture(scope="package")
async def people(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[People]:
    """The people of a town that runs."""
    town = Town(tmp_path_factory.mktemp("trouble"))
    try:
        await town.settle(PROCESSES)
        yield People(town)
    finally:
        await town.close()
