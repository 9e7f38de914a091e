"""One operating-system process of the stack: started, watched, stopped, and never left running."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from deploy.errors import StackError

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.05


class Child:
    """A process with its own group, log file and run file; it dies with the one that started it.

    Start it from the main thread: Linux ties the death signal to the thread that forked.
    """

    def __init__(
        self,
        name: str,
        data_dir: Path,
        command: Sequence[str] = (),
        *,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
    ) -> None:
        self.name = name
        self.data_dir = data_dir.resolve()
        self.command = list(command)
        self.log = self.data_dir / "log" / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._environment = dict(environment) if environment is not None else None
        self._stop_signal = stop_signal
        self.patience = patience
        self._run_file = self.data_dir / "run" / f"{name}.pid"

    async def prepare(self) -> None:
        """Write what the process needs before it starts (folders, configuration)."""

    async def is_ready(self) -> bool:
        """Return whether the process is ready to work; by default, whether it runs."""
        return self.alive

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was not started"
        return self.process.pid

    def running_pid(self) -> int | None:
        """Return the id of the running process, whoever started it; None if none runs."""
        return _running(self._run_file)

    def how_it_ended(self) -> str:
        """Return how the process ended: `exit 1` or `signal 9`."""
        code = self.process.poll() if self.process is not None else None
        return f"signal {-code}" if code is not None and code < 0 else f"exit {code}"

    def start(self) -> None:
        """Start the process; `wait_ready` returns when it is ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._run_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        started = psutil.Process(self.process.pid).create_time()
        self._run_file.write_text(f"{self.process.pid} {started}\n")

    async def wait_ready(self, timeout: float = 60.0) -> None:
        """Return when the process is ready. Raises StackError with the end of its log if it dies or
        is late."""
        deadline = time.monotonic() + timeout
        while not await self.is_ready():
            if not self.alive:
                raise StackError(f"{self.name} stopped while starting.\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} was not ready after {timeout:.0f} s.\n{self._last_words()}"
                )
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self) -> None:
        """Ask the process to end, wait, then kill what is left of its group."""
        if self.process is None:
            return
        if self.alive:
            self.process.send_signal(self._stop_signal)
        deadline = time.monotonic() + self.patience
        while self.alive and time.monotonic() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
        _kill_group(self.process.pid)
        self.process.wait()
        self._run_file.unlink(missing_ok=True)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:] if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *lines])


async def first_line(host: str, port: int, request: bytes = b"") -> bytes:
    """Return the first line that a server answers within five seconds; empty if it is not there,
    dies meanwhile, or does not answer."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request)
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):  # ValueError: a line that does not end
        return b""


async def end_leftovers(data_dir: Path, patience: float = 10.0) -> list[str]:
    """End processes of an earlier start whose supervisor was killed; return their names."""
    leftovers: list[tuple[str, psutil.Process]] = []
    for run_file in sorted((data_dir / "run").glob("*.pid")):
        if (pid := _running(run_file)) is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                leftovers.append((run_file.stem, psutil.Process(pid)))
        run_file.unlink()
    for _, process in leftovers:
        process.terminate()
    _, stubborn = await asyncio.to_thread(
        psutil.wait_procs, [process for _, process in leftovers], patience
    )
    for process in stubborn:
        _kill_group(process.pid)
    return [name for name, _ in leftovers]


def _running(run_file: Path) -> int | None:
    """Return the process that a run file names, if it is still the same one."""
    try:  # a machine that lost its power may have left half a file, or an empty one
        pid, started = run_file.read_text().split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(started)) < 1
        return process.pid if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, psutil.NoSuchProcess, ValueError, OverflowError):
        return None


def _die_with_parent() -> None:
    # Asks the kernel for SIGKILL when the parent dies, so that kill -9 of the supervisor leaves
    # nothing. The servers write ahead, every process of ours survives this by design.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


_LIBC = ctypes.CDLL(None)
