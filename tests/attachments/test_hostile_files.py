"""One upload exhausts nothing: the service goes on answering, within its memory."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import httpx
import psutil
import pytest

from deploy.local.ports import free_port
from shared.settings import Settings
from tests.attachments.hostile import hostile
from tests.intake.conftest import CITY, country, form, settings

__all__ = ["country", "settings"]

MOST_MEMORY = 1_000_000_000
ANSWERS_IN = 0.3
"""Seconds, on a machine that has time."""
AS_BUSY_AS_THE_MACHINE = 5
"""Times what a process that does nothing else takes to answer at the same moments."""
REFUSED = ("28 million authors", "a PNG too wide", "objects of one stream")
OF_EACH_SORT = (*REFUSED, "many entries", "a song with a packed tag", "many boxes")
"""Of what opens them: letters, pictures, PDF, archives, sound, film."""
CODES = {"too_complex", "unreadable", "too_many_pixels", "type_not_allowed"}


@contextmanager
def service(settings: Settings) -> Iterator[tuple[psutil.Process, str]]:
    """The intake service in a process of its own, and its address."""
    port = free_port()
    values = settings.model_dump(mode="json") | {"intake_port": port}
    environment = {
        f"LAPOR_{name.upper()}": json.dumps(value) if isinstance(value, list | dict) else str(value)
        for name, value in values.items()
        if value not in (None, "")
    }
    log = (settings.data_dir / "intake.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "services.intake"],
        env=os.environ | environment,
        stdout=log,
        stderr=log,
    )
    try:
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        log.close()


@contextmanager
def control() -> Iterator[tuple[psutil.Process, str]]:
    """A process that does nothing but answer `/healthz`, and its address."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "tests.attachments.control:app"),
            *("--port", str(port), "--log-level", "critical"),
        ]
    )
    try:
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


class Watch:
    """What the service takes and how soon it answers, while others send it files; and how soon
    the control answers at the same moments."""

    def __init__(
        self, process: psutil.Process, service: httpx.AsyncClient, control: httpx.AsyncClient
    ) -> None:
        self._process, self._service, self._control = process, service, control
        self.memory = 0
        self.waits: list[float] = []
        self.waits_of_control: list[float] = []

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Raises what a look raised."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while True:
            self.memory = max(self.memory, await asyncio.to_thread(self._taken))
            waited = await asyncio.gather(_ask(self._service), _ask(self._control))
            self.waits.append(waited[0])
            self.waits_of_control.append(waited[1])
            await asyncio.sleep(0.02)

    def _taken(self) -> int:
        """Bytes of the service and its children; what they share counts once for all."""
        taken = 0
        for one in (self._process, *self._process.children(recursive=True)):
            try:
                taken += one.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # just ended
        return taken


def usual(waits: list[float]) -> float:
    """What nineteen of twenty take: one may come while the machine does something else."""
    return sorted(waits)[int(len(waits) * 0.95)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "of_each_sort",
    [
        pytest.param(True, id="one of each sort"),
        pytest.param(False, id="all", marks=pytest.mark.nightly),
    ],
)
async def test_hostile_files_exhaust_nothing_and_are_refused(
    settings: Settings, of_each_sort: bool
) -> None:
    files = await asyncio.to_thread(hostile)
    if of_each_sort:
        files = {kind: files[kind] for kind in OF_EACH_SORT}
    assert all(len(content) < 10 * 1024 * 1024 for content in files.values())
    with service(settings) as (process, address), control() as (idle, beside):
        async with (
            httpx.AsyncClient(base_url=address, timeout=120) as client,
            httpx.AsyncClient(base_url=beside, timeout=120) as asked_beside,
        ):
            await _until_ready(process, client)
            await _until_ready(idle, asked_beside)
            watch = Watch(process, client, asked_beside)
            async with watch.watching():
                turns = asyncio.Semaphore(6)
                answers = await asyncio.gather(
                    *(_send(client, turns, kind, content) for kind, content in files.items())
                )
            fine = await client.get("/healthz")
    codes = dict(zip(files, answers, strict=True))
    assert {kind: code for kind, code in codes.items() if code not in CODES | {"taken"}} == {}
    for kind in REFUSED:
        assert codes[kind] != "taken"
    assert watch.memory < MOST_MEMORY
    allowed = max(ANSWERS_IN, AS_BUSY_AS_THE_MACHINE * usual(watch.waits_of_control))
    assert usual(watch.waits) < allowed
    assert fine.status_code == 200


async def _ask(client: httpx.AsyncClient) -> float:
    """Seconds until it answered."""
    begun = time.monotonic()
    answer = await client.get("/healthz")
    assert answer.status_code == 200
    return time.monotonic() - begun


async def _send(
    client: httpx.AsyncClient, turns: asyncio.Semaphore, kind: str, content: bytes
) -> str:
    """What becomes of the file. Where the service has no place for it, it is sent again when the
    service says."""
    async with turns:
        while True:
            answer = await client.post(
                "/reports/with-attachments",
                data={"report": json.dumps(form(addressee=CITY))},
                files=[("attachments", (kind, content))],
            )
            if answer.status_code != 503:
                break
            await asyncio.sleep(int(answer.headers["Retry-After"]))
    if answer.status_code == 201:
        return "taken"
    problem = answer.json()
    if answer.status_code != 422:
        return f"{answer.status_code} {problem['code']}"
    [error] = problem["errors"]
    return str(error["code"]).removeprefix("file_")


async def _until_ready(process: psutil.Process, client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(100):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            try:
                if (await client.get("/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise AssertionError("the process has ended: the service writes intake.log")
