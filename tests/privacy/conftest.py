"""A whole town, and personal data planted in it through every channel and every form."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.intake import x_server
from tests.privacy.marks import Marks
from tests.privacy.planting import Planted, plant
from tests.trouble.town import Town

PROCESSES = (
    *("intake", "routing", "followup", "reporting", "portal"),
    *("downloads", "worker", "launcher", "relay"),
)


@pytest.fixture(scope="session")
async def x() -> AsyncIterator[x_server.XServer]:
    """A stand-in for X."""
    async with x_server.running(x_server.XServer()) as server:
        yield server


@pytest.fixture(scope="session")
async def town(
    tmp_path_factory: pytest.TempPathFactory, x: x_server.XServer
) -> AsyncIterator[Town]:
    town = Town(tmp_path_factory.mktemp("privacy"))
    settings = {"LAPOR_X_API_BASE_URL": x.url, "LAPOR_X_API_TOKEN": x_server.TOKEN}
    os.environ |= settings
    try:
        await town.settle(PROCESSES)
        yield town
    finally:
        for name in settings:
            del os.environ[name]
        await town.close()


@pytest.fixture(scope="session")
async def planted(town: Town, x: x_server.XServer) -> Planted:
    """All that was planted, once everything has come to rest."""
    return await plant(town, x, Marks())
