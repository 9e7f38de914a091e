"""`lapor up --reload`: restarts a process when its code has changed."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.processes import PROCESSES

ROOT = Path(__file__).parents[2]
_FOLDERS = ("services", "workflows", "shared")


async def watch_code(changed: Mapping[str, asyncio.Event]) -> None:
    """Set the event of each process whose code changes; runs until cancelled."""
    from watchfiles import awatch  # of the development dependencies

    async for changes in awatch(*(ROOT / folder for folder in _FOLDERS)):
        for _, path in changes:
            for name in processes_of(Path(path).relative_to(ROOT)):
                changed[name].set()


def processes_of(path: Path) -> Iterator[str]:
    """Yield the processes that run the file: the service's own, or all for shared code."""
    if path.suffix == ".pyc":
        return
    package = ".".join(path.parts[: 2 if path.parts[0] == "services" else 1])
    for process in PROCESSES:
        if package == "shared" or f"{process.module}.".startswith(f"{package}."):
            yield process.name
