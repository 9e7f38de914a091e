"""Worker, server, or both are killed around a commit: the step is there once, and goes on."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.local.ports import free_port
from deploy.local.temporal import Temporal
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState
from shared.settings import Settings
from shared.temporal.names import SEARCH_ATTRIBUTES
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import UrlOf
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.dying_worker import POINTS
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows import missing_runs
from workflows.missing_runs import Sweeping
from workflows.worker import make_worker

LONG = 200.0
_ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Temporal]:
    """A server of the test's own, which may be killed."""
    server = await _started(tmp_path, free_port())
    yield server
    await server.stop()


@pytest.fixture
async def client(server: Temporal) -> Client:
    return await Client.connect(server.address, data_converter=pydantic_data_converter)


@pytest.fixture
def environment(
    server: Temporal, worker_settings: Settings, fresh_database: UrlOf
) -> dict[str, str]:
    """Of a worker's process."""
    values = worker_settings.model_dump() | {
        "database_url": fresh_database("lapor_worker"),
        "temporal_address": server.address,
        "temporal_namespace": "default",
    }
    ours = {f"LAPOR_{k.upper()}": str(v) for k, v in values.items() if v is not None}
    return {**os.environ, **ours, "PYTHONPATH": str(_ROOT)}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("point", POINTS)
async def test_a_worker_killed_around_the_commit_has_recorded_it_once(
    reports: Reports,
    gateway: ReportGateway,
    client: Client,
    environment: dict[str, str],
    worker_database: Database,
    worker_settings: Settings,
    point: str,
) -> None:
    state = await reports.accept()
    verify = await _saved(reports, state, Action.VERIFY)
    sending = asyncio.create_task(gateway.send(verify, state, timeout=LONG))
    await _worker_dies(point, environment)
    async with make_worker(client, worker_database, worker_settings):
        outcome = await sending
    assert outcome is not None
    assert (outcome.done, outcome.version) == (True, 2)
    assert await _actions(reports, state) == ["submit", "verify"]
    assert len(await reports.events(state.number)) == 2


@pytest.mark.nightly
@pytest.mark.timeout(400)
async def test_worker_and_server_killed_after_the_commit_leave_nothing_standing(
    reports: Reports,
    gateway: ReportGateway,
    server: Temporal,
    client: Client,
    environment: dict[str, str],
    worker_database: Database,
    worker_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Temporal never hears of the verification, nor of the deadline that it brought."""
    monkeypatch.setattr(missing_runs, "LATE_AFTER", 0.0)
    await reports.set_policy({"follow_up": {"amount": 1, "unit": "seconds"}})
    state = await reports.accept()
    verify = await _saved(reports, state, Action.VERIFY)
    sending = asyncio.create_task(gateway.send(verify, state, timeout=LONG))
    await _worker_dies("after", environment)
    os.kill(server.pid, signal.SIGKILL)
    await server.stop()
    again = await _started(tmp_path, int(server.address.rpartition(":")[2]))
    sweeping = Sweeping(worker_database, client, gateway)
    try:
        async with make_worker(client, worker_database, worker_settings), asyncio.timeout(LONG):
            while not (await reports.state(state.number)).overdue:
                await sweeping.once()
                await asyncio.sleep(0.5)
            stored = await reports.state(state.number)
            follow_up = await reports.command(
                stored, Action.FOLLOW_UP, DINAS_OFFICER, _now(), **FOLLOW_UP
            )
            outcome = await gateway.send(follow_up, stored, timeout=LONG)
        assert outcome is not None and outcome.done
        assert await _actions(reports, state) == ["submit", "verify", "overdue", "follow_up"]
    finally:
        sending.cancel()
        await again.stop()


async def _started(folder: Path, port: int) -> Temporal:
    server = Temporal(folder, port=port, ui_port=None, search_attributes=SEARCH_ATTRIBUTES)
    await server.prepare()
    server.start()
    await server.wait_ready()
    return server


async def _worker_dies(point: str, environment: dict[str, str]) -> None:
    """Let a worker take up the command, and die at this point of recording it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.workflows.dying_worker", point), env=environment, cwd=_ROOT
    )
    try:
        assert await asyncio.wait_for(process.wait(), LONG) == -signal.SIGKILL
    finally:
        if process.returncode is None:
            process.kill()


async def _saved(reports: Reports, state: ReportState, action: Action) -> Command:
    return await reports.command(state, action, PROVINCE_ADMIN, _now())


async def _actions(reports: Reports, state: ReportState) -> list[str]:
    return [line.action for line in await reports.history(state.number)]


def _now() -> datetime:
    return datetime.now(UTC)
