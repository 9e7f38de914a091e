"""Workers of two versions side by side: reports change over without a stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from temporalio.client import Client

from deploy.errors import StackError
from deploy.worker_versions import UNVERSIONED, use, versions
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.settings import Settings
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from tests.workflows.test_upgrade import sent
from workflows.worker import make_worker


@pytest.fixture
async def client(client: Client) -> AsyncIterator[Client]:
    """Afterwards all workers of the namespace are alike again, as other tests need them."""
    yield client
    await use(client, UNVERSIONED)


async def test_reports_change_over_to_the_new_version_and_the_old_one_is_left_without_runs(
    client: Client,
    reports: Reports,
    gateway: ReportGateway,
    worker_database: Database,
    worker_settings: Settings,
) -> None:
    def of_version(version: str) -> Settings:
        return worker_settings.model_copy(update={"worker_version": version})

    assert [(v.name, v.in_use) for v in await versions(client)] == [(UNVERSIONED, True)]
    with pytest.raises(StackError):
        await use(client, "1.1")
    number = (await reports.accept()).number
    async with AsyncExitStack() as old:
        await old.enter_async_context(make_worker(client, worker_database, of_version("")))
        await old.enter_async_context(make_worker(client, worker_database, of_version("1.1")))
        await _known(client, "1.1")
        await use(client, "1.1")
        assert await sent(reports, gateway, number, Action.VERIFY, PROVINCE_ADMIN)
        await _runs(client, {"1.1": 1})
        async with make_worker(client, worker_database, of_version("1.2")):
            await _known(client, "1.2")
            await use(client, "1.2")
            assert await sent(
                reports, gateway, number, Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP
            )
            await _runs(client, {"1.2": 1, "1.1": 0})
            await old.aclose()
            assert await sent(reports, gateway, number, Action.HOLD, PROVINCE_ADMIN)
            assert [v.name for v in await versions(client) if v.in_use] == ["1.2"]


async def _known(client: Client, version: str) -> None:
    """Until Temporal has seen a worker of this version."""
    async with asyncio.timeout(60):
        while version not in [known.name for known in await versions(client)]:
            await asyncio.sleep(0.1)


async def _runs(client: Client, expected: dict[str, int]) -> None:
    """Until that many runs are with each; the list of runs follows with some delay."""
    async with asyncio.timeout(60):
        while {each.name: each.runs for each in await versions(client) if each.name} != expected:
            await asyncio.sleep(0.1)
