"""Worker and relay as the processes they are: wait for servers, work, stop cleanly."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.bus.streams import declare
from shared.lifecycle.actions import Action
from shared.settings import Settings
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import SettingsOf, UrlOf
from tests.workflows.country import PROVINCE_ADMIN
from tests.workflows.factory import Reports

_ROOT = Path(__file__).parent.parent.parent


@pytest.mark.timeout(400)
async def test_three_processes_carry_a_report_and_stop_when_told(
    reports: Reports,
    gateway: ReportGateway,
    settings_for: SettingsOf,
    fresh_database: UrlOf,
    nats_url: str,
) -> None:
    await declare(nats_url)
    roles = {"worker": "lapor_worker", "relay": "lapor_relay"}
    async with asyncio.timeout(200):
        settings = {
            name: _environment(settings_for(role), fresh_database(role))
            for name, role in roles.items()
        }
        async with (
            _process("worker", settings["worker"]),
            _process("relay", settings["relay"]),
        ):
            state = await reports.accept()
            while await reports.value("SELECT launched_at IS NULL FROM lifecycle.report"):
                await asyncio.sleep(0.1)
            command = await reports.command(
                state, Action.VERIFY, PROVINCE_ADMIN, state.last_step_at
            )
            outcome = await gateway.send(command, state, timeout=100)
            assert outcome is not None
            assert outcome.done
            while await reports.value("SELECT count(*) > 0 FROM lifecycle.outbox"):
                await asyncio.sleep(0.1)


async def test_a_process_that_still_waits_for_its_servers_stops_when_told(
    settings_for: SettingsOf,
) -> None:
    nowhere = "postgresql+psycopg://lapor_worker:x@127.0.0.1:9/lapor"
    environment = _environment(settings_for("lapor_worker"), nowhere)
    environment |= {"LAPOR_NATS_URL": "nats://127.0.0.1:9", "LAPOR_TEMPORAL_ADDRESS": "127.0.0.1:9"}
    for name in ("worker", "relay"):
        async with asyncio.timeout(120), _process(name, environment) as process:
            assert process.stderr is not None
            while b"trying on" not in await process.stderr.readline():
                assert process.returncode is None


@asynccontextmanager
async def _process(
    name: str, environment: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs while the block does; SIGTERM must end it, with code 0."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"workflows.{name}",
        env=environment,
        cwd=_ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0


def _environment(settings: Settings, database_url: str) -> dict[str, str]:
    values = settings.model_dump() | {"database_url": database_url}
    ours = {f"LAPOR_{k.upper()}": str(v) for k, v in values.items() if v is not None}
    return {**os.environ, **ours, "PYTHONPATH": str(_ROOT)}
