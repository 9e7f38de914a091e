"""Whatever opens somebody's file does so in a process that may take only so much."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from shared.attachments import sandbox
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.sandbox import MB, OPENING, PICTURES, Limits, Sandbox
from shared.attachments.sandbox import workspace as a_workspace
from shared.attachments.sandbox_turns import GaveWay, SandboxBusy

JOBS = "tests.attachments.jobs:"


@pytest.fixture
def workspace() -> Iterator[Path]:
    with a_workspace() as folder:
        (folder / "source").write_bytes(b"words of somebody")
        yield folder


async def run(workspace: Path, job: str, limits: Limits = OPENING, **options: Any) -> Any:
    source, target = workspace / "source", workspace / "target"
    return await Sandbox().run(JOBS + job, source, target, limits=limits, **options)


async def refused(workspace: Path, job: str, limits: Limits = OPENING, **options: Any) -> str:
    with pytest.raises(AttachmentRejected) as refusal:
        await run(workspace, job, limits, **options)
    assert "words of somebody" not in str(refusal.value)
    return refusal.value.code


async def test_a_job_reads_one_file_writes_another_and_answers(workspace: Path) -> None:
    assert await run(workspace, "copies", word="!") == {"size": 18}
    assert (workspace / "target").read_bytes() == b"words of somebody!"


async def test_a_job_has_no_secret_and_no_open_file_of_the_service(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LAPOR_STAFF_SIGNING_KEY", "do-not-tell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-tell")
    with (tmp_path / "open in the service").open("w") as held:
        held.flush()
        has = await run(workspace, "tells_what_it_has")
    assert "do-not-tell" not in str(has)
    assert not any(name.startswith(("LAPOR", "AWS")) for name in has["environment"])
    assert not [file for file in has["files"] if "open in the service" in file or "socket" in file]
    assert has["group"]


async def test_more_memory_than_allowed_is_too_complex(workspace: Path) -> None:
    assert await refused(workspace, "takes_memory", megabytes=300) == "too_complex"
    await run(workspace, "takes_memory", megabytes=100)
    await run(workspace, "takes_memory", PICTURES, megabytes=500)
    assert await refused(workspace, "takes_memory", PICTURES, megabytes=700) == "too_complex"


async def test_a_library_that_hides_its_want_of_memory_is_seen_through(workspace: Path) -> None:
    assert await refused(workspace, "takes_memory_and_says_something_else") == "too_complex"


@pytest.mark.parametrize("job", ["sleeps", "computes"])
async def test_more_time_than_allowed_is_too_complex(workspace: Path, job: str) -> None:
    assert await refused(workspace, job, replace(OPENING, seconds=1.5)) == "too_complex"


async def test_output_without_end_is_too_complex(workspace: Path) -> None:
    assert await refused(workspace, "writes", replace(OPENING, output=5 * MB)) == "too_complex"
    assert (workspace / "target").stat().st_size <= 5 * MB
    assert await refused(workspace, "says_much") == "too_complex"


async def test_a_job_is_ended_though_its_full_pipe_is_no_longer_read(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stops_reading(process: Process) -> bytes:
        while not process.stdout._paused:  # type: ignore[union-attr]
            await asyncio.sleep(0.01)
        raise AttachmentRejected("too_complex", "an answer too long")

    monkeypatch.setattr(sandbox, "_answer", stops_reading)
    async with asyncio.timeout(60):
        assert await refused(workspace, "says_much") == "too_complex"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("SIGSEGV", "unreadable"),
        ("SIGBUS", "unreadable"),
        ("SIGABRT", "too_complex"),
        ("SIGKILL", "too_complex"),
    ],
)
async def test_a_library_that_crashes_takes_nothing_with_it(
    workspace: Path, by: str, code: str
) -> None:
    assert await refused(workspace, "crashes", by=by) == code


async def test_what_a_job_raises_is_an_unreadable_file_and_what_it_refuses_stays_that(
    workspace: Path,
) -> None:
    assert await refused(workspace, "fails") == "unreadable"
    assert await refused(workspace, "refuses") == "type_not_allowed"


async def test_a_job_that_does_not_exist_is_our_mistake(workspace: Path) -> None:
    with pytest.raises(LookupError):
        await run(workspace, "does_not_exist")


async def test_who_goes_away_ends_the_job_and_what_it_started(workspace: Path) -> None:
    task = asyncio.create_task(run(workspace, "sleeps", replace(OPENING, seconds=60)))
    target = workspace / "target"
    await _until(lambda: target.exists() and len(target.read_text().split()) == 2)
    processes = [psutil.Process(int(pid)) for pid in target.read_text().split()]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: not any(_lives(process) for process in processes))


async def test_two_run_at_once_and_the_third_when_one_has_ended(workspace: Path) -> None:
    sandbox = Sandbox()
    places = [_Place(sandbox, workspace, number) for number in range(3)]
    await _until(lambda: places[0].running and places[1].running)
    assert not places[2].running
    places[0].end()
    await _until(lambda: places[2].running)
    for place in places:
        place.end()
    await asyncio.gather(*(place.task for place in places))


async def test_large_pictures_run_alone_and_are_not_overtaken_for_ever(workspace: Path) -> None:
    sandbox = Sandbox()
    first = _Place(sandbox, workspace, 1)
    await _until(lambda: first.running)
    large = _Place(sandbox, workspace, 2, PICTURES)
    await asyncio.sleep(0)
    later = _Place(sandbox, workspace, 3)
    first.end()
    await _until(lambda: large.running)
    assert not later.running
    large.end()
    await _until(lambda: later.running)
    later.end()
    await asyncio.gather(first.task, large.task, later.task)


async def test_who_would_wait_too_long_is_told_to_come_back(workspace: Path) -> None:
    sandbox = Sandbox(at_once=1, most_waiting=1, patience=0.2)
    first = _Place(sandbox, workspace, 1)
    await _until(lambda: first.running)
    second = _Place(sandbox, workspace, 2)
    await asyncio.sleep(0)
    third = _Place(sandbox, workspace, 3)
    for place in (second, third):
        with pytest.raises(SandboxBusy):
            await place.task
    first.end()
    await first.task
    again = _Place(sandbox, workspace, 4)
    again.end()
    await again.task


async def test_a_job_in_the_background_gives_way_to_who_waits(workspace: Path) -> None:
    sandbox = Sandbox()
    behind = _Place(sandbox, workspace, 1, background=True)
    await _until(lambda: behind.running)
    with pytest.raises(SandboxBusy):  # one at a time
        await _Place(sandbox, workspace, 2, background=True).task
    first = _Place(sandbox, workspace, 3)
    await _until(lambda: first.running)
    assert not behind.task.done()  # there is room for both
    second = _Place(sandbox, workspace, 4)
    with pytest.raises(GaveWay):
        await behind.task
    await _until(lambda: second.running)
    for place in (first, second):
        place.end()
        await place.task
    again = _Place(sandbox, workspace, 5, background=True)
    again.end()
    await again.task


async def test_what_waits_for_a_processor_is_not_too_complex(workspace: Path) -> None:
    await run(workspace, "rests", replace(OPENING, seconds=1), seconds=1.3)


class _Place:
    """A job that runs until it is told to end."""

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        number: int,
        limits: Limits = OPENING,
        *,
        background: bool = False,
    ) -> None:
        self._target, self._until = folder / f"target {number}", folder / f"end {number}"
        running = sandbox.run(
            JOBS + "waits_for",
            folder / "source",
            self._target,
            limits=replace(limits, seconds=60),
            background=background,
            until=str(self._until),
        )
        self.task = asyncio.create_task(running)

    @property
    def running(self) -> bool:
        return self._target.exists()

    def end(self) -> None:
        self._until.touch()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)
