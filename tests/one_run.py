"""What the workers of one test run share: a folder, locks, and servers that one of them starts."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "default")
_RUN = os.getpid() if WORKER == "default" else os.getppid()
FOLDER = Path(tempfile.gettempdir()) / f"lapor-tests-{_RUN}"


class Locked:
    """A lock held across the workers of a run."""

    def __init__(self, name: str) -> None:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        self._path = FOLDER / f"{name}.lock"

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def server(kind: str, name: str) -> dict[str, Any]:
    """Where the run's server of this name is; starts it when nobody has yet."""
    with Locked(name):
        facts = FOLDER / f"{name}.json"
        if not facts.exists():
            _start_keeper(kind, name, facts)
        return dict(json.loads(facts.read_text()))


def end_servers() -> None:
    """Ends all servers of the run, and removes its folder."""
    for pid_file in FOLDER.glob("*.keeper"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)
    deadline = time.monotonic() + 20
    while list(FOLDER.glob("*/run/*.pid")) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(FOLDER, ignore_errors=True)


def _start_keeper(kind: str, name: str, facts: Path) -> None:
    log = FOLDER / f"{name}.log"
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # Spawned and let go: it serves the other workers too, and watches the run itself.
    keeper = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "tests.servers", kind, name, str(FOLDER), str(_RUN)],
        {**os.environ, "PYTHONPATH": str(_ROOT)},
        file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)],
        setsid=True,
    )
    os.close(output)
    (FOLDER / f"{name}.keeper").write_text(str(keeper))
    while not facts.exists():
        if os.waitpid(keeper, os.WNOHANG)[0]:
            raise RuntimeError(f"The {kind} for the tests did not start:\n{log.read_text()}")
        time.sleep(0.02)
