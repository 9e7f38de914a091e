"""Opens untrusted files in a separate process with limits."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shared.attachments import sandboxed
from shared.attachments.rejection import AttachmentRejected
from shared.attachments.sandbox_turns import GaveWay, Turns

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a job: bytes of memory, seconds of computing, bytes of any file it writes.

    By the clock it may take `_CLOCK` times as long: on a busy machine a job waits for its share of
    the processors, and no photo is too complex for that reason.
    """

    memory: int = 256 * MB
    seconds: float = 10.0
    output: int = 64 * MB


_CLOCK = 3
_CLOSING = 2.0
"""Seconds that a killed process's pipe is read."""
OPENING = Limits()
PICTURES = Limits(memory=640 * MB)


class Sandbox:
    """Runs jobs on files, each in a new interpreter without our secrets, open files or connections.

    Each service has one, which keeps all child processes of the service within `memory`. At most
    `at_once` jobs run, and the limits of the running ones add up to no more than `memory`. The next
    ones wait in turn for at most `patience` seconds, or not at all behind `most_waiting`. One job
    in the background runs if there is room, until another job waits.
    """

    def __init__(
        self,
        *,
        at_once: int = 2,
        memory: int = 640 * MB,
        most_waiting: int = 40,
        patience: float = 30.0,
    ) -> None:
        self._turns = Turns(at_once, memory, most_waiting, patience)

    async def run(
        self,
        job: str,
        source: Path,
        target: Path,
        *,
        limits: Limits = OPENING,
        background: bool = False,
        **options: Any,
    ) -> Any:
        """The result of the job, which like `options` is JSON. Paths are absolute.

        `job` names a function, `package.module:function`, called as `function(source, target,
        **options)`: it reads the one file and writes the other. A refusal by the job is raised here
        unchanged (`AttachmentRejected`). Any other error or crash is `unreadable`, or `too_complex`
        if the job took more than its limits. When cancelled, the job and all that it started are
        killed. Raises `SandboxBusy`, in the `background` without waiting, where `GaveWay` is
        possible too.
        """
        if background:
            with self._turns.in_background(limits.memory) as leave:
                return await _unless(leave, _run(job, source, target, limits, options))
        async with self._turns.in_turn(limits.memory):
            return await _run(job, source, target, limits, options)


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder for a job's files, deleted afterwards with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="lapor-file-") as folder:
        yield Path(folder)


async def _unless(leave: asyncio.Event, running: Coroutine[Any, Any, Any]) -> Any:
    """The result, unless it was asked to leave; its process has ended in both cases."""
    job, left = asyncio.ensure_future(running), asyncio.ensure_future(leave.wait())
    try:
        await asyncio.wait((job, left), return_when=asyncio.FIRST_COMPLETED)
        if job.done():
            return job.result()
        raise GaveWay
    finally:
        left.cancel()
        job.cancel()
        await asyncio.wait((job,))


async def _run(job: str, source: Path, target: Path, limits: Limits, options: Any) -> Any:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", sandboxed.__file__),
        json.dumps(
            {
                "job": job,
                "source": str(source),
                "target": str(target),
                "options": options,
                "limits": asdict(limits),
            }
        ),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=target.parent,
        env=_environment(target.parent),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_CLOCK * limits.seconds):
            answer = await _answer(process)
            code = await process.wait()
    except TimeoutError:
        raise AttachmentRejected(
            "too_complex", f"more than {_CLOCK} times {limits.seconds} s"
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await _end(process)
    return _result(code, answer)


async def _answer(process: Process) -> bytes:
    assert process.stdout is not None
    answer = bytearray()
    while chunk := await process.stdout.read(sandboxed.MAX_ANSWER):
        answer += chunk
        if len(answer) > sandboxed.MAX_ANSWER:
            raise AttachmentRejected("too_complex", "an answer too long")
    return bytes(answer)


async def _end(process: Process) -> None:
    """Wait until a killed process has ended.

    `Process.wait` waits until its pipe is closed too, which nobody notices while the reader has
    paused before a full one. So what it still said is read, for as long as a pipe may stay open
    that something else has inherited.
    """
    assert process.stdout is not None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSING):
            while await process.stdout.read(sandboxed.MAX_ANSWER):
                pass
    while process.returncode is None:
        await asyncio.sleep(0.01)


def _result(code: int, answer: bytes) -> Any:
    if code == sandboxed.NO_SUCH_JOB:
        raise LookupError("no such job")
    if code in _OVER_THE_LIMIT:
        raise AttachmentRejected("too_complex", f"ended with {code}")
    if code:
        # A damaged file has brought a library down, and nothing else with it.
        raise AttachmentRejected("unreadable", f"ended with {code}")
    outcome = json.loads(answer)
    if "refused" in outcome:
        raise AttachmentRejected(outcome["refused"], outcome["why"], outcome["type_name"])
    return outcome["result"]


_OVER_THE_LIMIT = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ, -signal.SIGABRT, 127}
"""C++ libraries abort if they get no memory; the loader of libraries exits with 127."""


def _environment(folder: Path) -> dict[str, str]:
    """An environment without our addresses, keys and passwords.

    It allows one heap, so that the memory counted is the memory used and not what every thread has
    reserved.
    """
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    root = str(Path(sandboxed.__file__).parents[2])
    return kept | {
        "PYTHONPATH": root,
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
