"""The processes as they are started, and how they end."""

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from deploy.local.ports import free_port
from shared.settings import Settings


@pytest.mark.parametrize("module", ["services.reporting", "services.reporting.worker"])
def test_a_process_starts_and_ends_cleanly(settings: Settings, module: str) -> None:
    port = free_port()
    values = {**settings.model_dump(), "reporting_port": port}
    environment = {f"LAPOR_{k.upper()}": str(v) for k, v in values.items() if v is not None}
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if module == "services.reporting":
            _wait_until_well(port)
        else:
            time.sleep(4)  # it says nothing when all is well
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, output = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode in {0, -signal.SIGTERM}
    assert '"level":"error"' not in output, output


def _wait_until_well(port: int) -> None:
    for _ in range(150):
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")
