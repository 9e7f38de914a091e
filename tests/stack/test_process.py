"""One process of the stack: its environment, its readiness, its death and return."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.credentials import load_or_create
from deploy.errors import StackError
from deploy.local.ports import free_port
from deploy.local.processes import Description, Process
from deploy.local.watch import keep_alive
from shared.settings import Addresses
from tests.deadlines import READY_WITHIN

SERVICE = """
import http.server, os, time
from shared.settings import Settings
settings = Settings()
print("role", settings.database_url.split("//")[1].split(":")[0] or "none", flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
http.server.HTTPServer((settings.host, settings.intake_port), Answer).serve_forever()
"""

MakeProcess = Callable[[str], Process]


@pytest.fixture
def make_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeProcess:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("LAPOR_DATABASE_URL", "postgresql+psycopg://somebody:else@far/away")

    def make(code: str) -> Process:
        (tmp_path / "a_service.py").write_text(code)
        addresses = Addresses(data_dir=tmp_path / "data", intake_port=free_port())
        what = Description("intake", "a_service", "lapor_intake", "intake_port")
        return Process(what, addresses, load_or_create(addresses.data_dir))

    return make


async def test_a_service_is_ready_when_it_answers_and_has_its_own_role(
    make_process: MakeProcess,
) -> None:
    process = make_process(SERVICE)
    process.start()
    await process.wait_ready(READY_WITHIN)
    assert process.log.read_text().startswith("role lapor_intake\n")
    await process.stop()
    assert not process.alive


async def test_a_service_that_fails_at_its_start_shows_its_last_words(
    make_process: MakeProcess,
) -> None:
    process = make_process("raise SystemExit('no table named report')")
    process.start()
    with pytest.raises(StackError, match=r"(?s)intake stopped.*no table named report"):
        await process.wait_ready(READY_WITHIN)
    await process.stop()


async def test_a_killed_service_is_started_again_and_said_so(make_process: MakeProcess) -> None:
    process = make_process(SERVICE)
    process.start()
    await process.wait_ready(READY_WITHIN)
    lines: list[str] = []
    back = asyncio.Event()

    def say(line: str) -> None:
        lines.append(line)
        if "runs again" in line:
            back.set()

    watch = asyncio.create_task(keep_alive([process], say))
    os.kill(process.pid, signal.SIGKILL)
    await asyncio.wait_for(back.wait(), 30)
    assert lines[0].startswith("intake ended (signal 9); again in 0.5 s.")
    assert await process.is_ready()
    watch.cancel()
    await asyncio.wait({watch})
    await process.stop()


async def test_a_service_that_does_not_listen_to_sigterm_is_killed(
    make_process: MakeProcess,
) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVICE
    process = make_process(deaf)
    process.patience = 0.5
    process.start()
    await process.wait_ready(READY_WITHIN)
    await process.stop()
    assert process.how_it_ended() == "signal 9"
