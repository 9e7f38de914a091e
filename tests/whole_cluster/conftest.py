"""One cluster for the tests of what only several copies can show: long by nature, so at night."""

from collections.abc import AsyncIterator

import pytest

from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.whole import WholeCluster


@pytest.fixture(scope="package")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeCluster]:
    cluster = await WholeCluster.started(tmp_path_factory.mktemp("whole"))
    yield cluster
    await cluster.close()


@pytest.fixture(scope="package")
async def crowd(whole: WholeCluster) -> Crowd:
    """The people of the cluster, who share its reports."""
    return Crowd(whole)
