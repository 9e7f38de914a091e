"""The whole stack as `lapor up` starts it: its memory, and how long a second start takes."""

import asyncio
import os
import sysconfig
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from benchmarks.dated_clocks import accept
from benchmarks.figures import Figure, at_most
from benchmarks.part import Size
from benchmarks.run import say
from benchmarks.stack import Stack, start
from benchmarks.stack_access import quiet
from deploy.credentials import load_or_create
from deploy.local.child import Child
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from shared.settings import Addresses

AT_REST, AFTER_LOAD, SECOND_START = at_most(1.0, "GB"), at_most(1.4, "GB"), at_most(6, "s")
CLIENTS = 8


class LaporUp(Child):
    """One start of the stack; ready when it says so. `log_dir` is of this start alone."""

    def __init__(self, log_dir: Path, addresses: Addresses) -> None:
        ports = {f"LAPOR_{name.upper()}": str(port) for name, port in _ports(addresses).items()}
        super().__init__(
            "up",
            log_dir,
            [str(Path(sysconfig.get_path("scripts")) / "lapor"), "up"],
            environment={**os.environ, **ports, "LAPOR_DATA_DIR": str(addresses.data_dir)},
        )

    async def is_ready(self) -> bool:
        return self.alive and "LAPOR! is ready." in self.log.read_text()

    def memory(self) -> Counter[str]:
        """Bytes by name of process: of what several share, each has its part (PSS)."""
        held: Counter[str] = Counter()
        parent = psutil.Process(self.pid)
        for process in (parent, *parent.children(recursive=True)):
            held[_name(process)] += process.memory_full_info().pss
        return held


async def memory(_: None, size: Size) -> list[Figure]:
    """At rest, at a second start, and after very many reports; who has how much is printed."""
    settle, reports = size.of(30, 3, 1), size.of(40_000, 300, 10)
    async with AsyncExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="lapor-bench-")))
        ports = {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
        addresses = Addresses.model_validate({"data_dir": folder / "data", **ports})
        first = LaporUp(folder / "first", addresses)
        await start(first, opened)
        await first.stop()
        second = LaporUp(folder / "second", addresses)
        begun = time.perf_counter()
        await start(second, opened)
        took = time.perf_counter() - begun
        await asyncio.sleep(settle)
        at_rest = second.memory()
        stack = _stack(addresses, opened)
        await accept(stack, reports, CLIENTS)
        await quiet(stack)
        await asyncio.sleep(settle)
        after = second.memory()
    for name, held in after.most_common():
        say(f"{name}: {at_rest[name] / 1e6:.0f} MB at rest, {held / 1e6:.0f} after")
    rest, load = at_rest.total() / 1e9, after.total() / 1e9
    return [
        Figure("the stack at rest", "GB", rest, rest, aim=AT_REST),
        Figure(f"after {reports:,} reports", "GB", load, load, aim=AFTER_LOAD),
        Figure("second start", "s", took, took, aim=SECOND_START),
    ]


def _ports(addresses: Addresses) -> dict[str, int]:
    return {
        name: getattr(addresses, name) for name in Addresses.model_fields if name.endswith("_port")
    }


def _name(process: psutil.Process) -> str:
    """The module that a process of ours runs, else the program."""
    command = process.cmdline()
    module = command.index("-m") + 1 if "-m" in command else 0
    return str(command[module] if module else process.name())


def _stack(addresses: Addresses, opened: AsyncExitStack) -> Stack:
    credentials = load_or_create(addresses.data_dir)
    postgres = Postgres(
        addresses.data_dir, password=credentials.postgres, port=addresses.postgres_port
    )
    return Stack(addresses, credentials, postgres, opened)
