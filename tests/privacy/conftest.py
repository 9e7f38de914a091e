"""A whole cluster, and personal data planted in it through every channel and every form."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.mailbox.child import Mailbox
from tests.cluster import Cluster
from tests.intake import x_server
from tests.privacy.marks import Marks
from tests.privacy.planted import Planted
from tests.privacy.planting import plant

PROCESSES = (
    *("intake", "routing", "followup", "reporting", "portal"),
    "notification",
    *("downloads", "worker", "relay"),
)


@pytest.fixture(scope="package")
async def x() -> AsyncIterator[x_server.XServer]:
    """A stand-in for X."""
    async with x_server.running(x_server.XServer()) as server:
        yield server


@pytest.fixture(scope="package")
async def cluster(
    tmp_path_factory: pytest.TempPathFactory, x: x_server.XServer
) -> AsyncIterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("privacy"))
    try:
        # For the processes that start now; not for the tests of others, while this cluster stands.
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("LAPOR_X_API_BASE_URL", x.url)
            environment.setenv("LAPOR_X_API_TOKEN", x_server.TOKEN)
            await cluster.start(Mailbox(cluster.addresses, cluster.credentials))
            await cluster.settle(PROCESSES)
        yield cluster
    finally:
        await cluster.close()


@pytest.fixture(scope="package")
async def planted(cluster: Cluster, x: x_server.XServer) -> Planted:
    """All that was planted, once everything has come to rest."""
    return await plant(cluster, x, Marks())
