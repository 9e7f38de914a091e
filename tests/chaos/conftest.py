"""One cluster for the tests of a worker: they share its reports, and look at all of them."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.people import People
from tests.cluster import Cluster

PROCESSES = ("intake", "routing", "followup", "worker", "relay")


@pytest.fixture(scope="package")
async def people(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[People]:
    """The people of a cluster that runs."""
    cluster = Cluster(tmp_path_factory.mktemp("trouble"))
    try:
        await cluster.settle(PROCESSES)
        yield People(cluster)
    finally:
        await cluster.close()
