"""Whatever a watched server does, the supervisor goes on."""

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.child import Child, end_leftovers, first_line
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from deploy.local.processes import PROCESSES
from deploy.local.reload import processes_of
from deploy.local.watch import keep_alive
from deploy.nats.authority import from_variables, new_authority
from tests.deadlines import READY_WITHIN

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


def _resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def _hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _breaks_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"INF")
    writer.close()


def _never_ends_its_line(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"I" * 200_000)


@pytest.mark.parametrize("behaviour", [_resets, _hangs_up, _breaks_off, _never_ends_its_line])
async def test_nats_that_dies_while_it_greets_is_not_ready_and_no_error(
    behaviour: Behaviour, tmp_path: Path
) -> None:
    port = free_port()
    authority = from_variables(new_authority())
    nats = Nats(tmp_path, authority=authority, port=port, monitor_port=free_port())
    nats.process = None
    async with await asyncio.start_server(behaviour, "127.0.0.1", port):
        assert not await nats.is_ready()


async def test_a_server_that_is_not_there_says_nothing() -> None:
    assert await first_line("127.0.0.1", free_port()) == b""


async def test_any_failure_of_one_child_is_said_and_leaves_the_others_running(
    tmp_path: Path,
) -> None:
    lines: list[str] = []
    failed_twice, neighbour_back = asyncio.Event(), asyncio.Event()

    def say(line: str) -> None:
        lines.append(line)
        if sum("cursed could not be started" in each for each in lines) >= 2:
            failed_twice.set()
        if "neighbour runs again" in line:
            neighbour_back.set()

    cursed, neighbour = _Cursed("cursed", tmp_path), _child("neighbour", tmp_path)
    neighbour.start()
    watch = asyncio.create_task(keep_alive([cursed, neighbour], say))
    try:
        async with asyncio.timeout(120):
            await failed_twice.wait()
            assert neighbour.process is not None
            neighbour.process.kill()
            await neighbour_back.wait()
        assert not watch.done()
        assert "cursed could not be started (ConnectionResetError: by peer)" in lines
    finally:
        watch.cancel()
        await asyncio.wait({watch})
        await neighbour.stop()


async def test_a_child_whose_code_changed_starts_again_at_once(tmp_path: Path) -> None:
    again = asyncio.Event()
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if "runs again" in line:
            again.set()

    child, changed = _child("intake", tmp_path), asyncio.Event()
    child.start()
    assert child.process is not None
    first = child.process.pid
    watch = asyncio.create_task(keep_alive([child], say, {"intake": changed}))
    try:
        for _ in range(2):
            again.clear()
            changed.set()
            async with asyncio.timeout(120):
                await again.wait()
        assert child.process.pid != first
        assert lines == ["intake: its code has changed", "intake runs again"] * 2
    finally:
        watch.cancel()
        await asyncio.wait({watch})
        await child.stop()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("services/intake/sms/messages.py", {"intake"}),
        ("services/reporting/app.py", {"reporting", "downloads"}),
        ("services/portal/templates/base.html", {"portal"}),
        ("workflows/report.py", {"worker", "relay"}),
        ("shared/values/text.py", {process.name for process in PROCESSES}),
        ("shared/__pycache__/text.cpython-311.pyc", set()),
    ],
)
def test_a_change_starts_those_processes_again_that_run_the_file(
    path: str, names: set[str]
) -> None:
    assert set(processes_of(Path(path))) == names


async def test_postgres_starts_though_its_pid_file_is_damaged_or_anothers(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path, password="p", port=free_port())
    await postgres.prepare()
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    for content in ("", "\n", "abc\n", "-1\n", "9" * 40 + "\n", "4194999\n", f"{os.getpid()}\n"):
        pid_file.write_text(content)
        await postgres.prepare()
        assert not pid_file.exists(), repr(content)
    pid_file.write_text("")
    await postgres.prepare()
    postgres.start()
    try:
        await postgres.wait_ready(READY_WITHIN)
    finally:
        await postgres.stop()


@pytest.mark.parametrize("content", ["", "12", "abc def", "1 2 3", f"{'9' * 30} 1.0"])
async def test_a_damaged_run_file_of_an_earlier_start_is_cleared_away(
    content: str, tmp_path: Path
) -> None:
    run_file = tmp_path / "run" / "intake.pid"
    run_file.parent.mkdir()
    run_file.write_text(content)
    assert await end_leftovers(tmp_path) == []
    assert not run_file.exists()


def _child(name: str, folder: Path) -> Child:
    return Child(name, folder, [sys.executable, "-c", "import time; time.sleep(300)"])


class _Cursed(Child):
    """Dies at once, and its readiness cannot even be asked for."""

    def __init__(self, name: str, data_dir: Path) -> None:
        super().__init__(name, data_dir, ["true"])

    async def is_ready(self) -> bool:
        raise ConnectionResetError("by peer")
