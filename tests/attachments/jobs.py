"""Jobs for the sandbox that misbehave as a hostile file would make a library misbehave."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from shared.attachments.rejection import AttachmentRejected


def copies(source: Path, target: Path, word: str = "") -> dict[str, Any]:
    target.write_bytes(source.read_bytes() + word.encode())
    os.write(1, b"a library says something")
    return {"size": target.stat().st_size}


def tells_what_it_has(source: Path, target: Path) -> dict[str, Any]:
    return {
        "environment": dict(os.environ),
        "files": [os.readlink(f"/proc/self/fd/{fd}") for fd in _open_files()],
        "group": os.getpgrp() == os.getpid(),
    }


def _open_files() -> list[str]:
    return [fd for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]


def takes_memory(source: Path, target: Path, megabytes: int) -> None:
    target.write_bytes(bytes(len(bytearray(megabytes * 1024 * 1024)) and 1))


def takes_memory_and_says_something_else(source: Path, target: Path) -> None:
    try:
        bytearray(10**12)
    except MemoryError:
        raise ValueError("broken") from None


def sleeps(source: Path, target: Path) -> None:
    """With a child of its own, whose id it leaves behind."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    target.write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)


def rests(source: Path, target: Path, seconds: float) -> None:
    time.sleep(seconds)


def computes(source: Path, target: Path) -> None:
    while True:
        pass


def waits_for(source: Path, target: Path, until: str) -> None:
    target.write_text("running")
    while not Path(until).exists():
        time.sleep(0.01)


def writes(source: Path, target: Path) -> None:
    with target.open("wb") as file:
        while True:
            file.write(bytes(1024 * 1024))


def says_much(source: Path, target: Path) -> str:
    return "a" * 10_000_000


def fails(source: Path, target: Path) -> None:
    raise RuntimeError(source.read_text())


def refuses(source: Path, target: Path) -> None:
    raise AttachmentRejected("type_not_allowed", "as it is: one")


def crashes(source: Path, target: Path, by: str) -> None:
    os.kill(os.getpid(), signal.Signals[by])
