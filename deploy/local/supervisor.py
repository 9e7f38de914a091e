"""Runs a stack until it is stopped: starts it, keeps its children alive, and ends all of them."""

import asyncio
import fcntl
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from deploy.credentials import Credentials, load_or_create
from deploy.errors import StackError
from deploy.local.child import Child, end_leftovers
from deploy.local.ports import refuse_busy
from deploy.local.processes import Process
from deploy.local.screen import Screen
from deploy.local.watch import keep_alive
from shared.resilience.stopping import Stopped, unless_stopped
from shared.settings import Addresses


class Stack(ABC):
    """Servers and processes that a person starts together. A subclass defines which ones and in
    which order. `children` are in the order of their start; `patience` is how many seconds each may
    take to be ready."""

    patience = 180.0

    def __init__(self, addresses: Addresses, steps: int) -> None:
        self.addresses = addresses
        self.children: list[Child] = []
        self.screen = Screen(steps)

    async def start(self) -> None:
        """Start everything and print where it is. Raises StackError."""
        with self.screen:
            for name in await end_leftovers(self.addresses.data_dir):
                self.screen.say(f"  ended {name}, left over from an earlier start")
            refuse_busy(self.addresses)
            self.credentials = load_or_create(self.addresses.data_dir)
            await self.start_all(self.credentials)
        await self.welcome(self.credentials)

    @abstractmethod
    async def start_all(self, credentials: Credentials) -> None:
        """Start servers and processes, each with `start_child`."""

    @abstractmethod
    async def welcome(self, credentials: Credentials) -> None:
        """Print on the screen where everything is."""

    async def keep(self) -> None:
        """Restart what has died, until cancelled."""
        await keep_alive(self.children, self.screen.say)

    async def stop(self) -> None:
        """Stop the processes first, all together, then the servers that they use."""
        servers = [child for child in self.children if not isinstance(child, Process)]
        processes = [child for child in self.children if isinstance(child, Process)]
        if self.children:
            self.screen.say("Stopping …")
        await asyncio.gather(*(child.stop() for child in processes))
        await asyncio.gather(*(child.stop() for child in servers))
        if self.children:
            self.screen.say(f"Stopped. The data stays in {self.addresses.data_dir}.")

    async def start_child(self, title: str, child: Child) -> None:
        """Start a child as one step; returns when the child is ready."""
        async with self.screen.step(title):
            await child.prepare()
            self.children.append(child)
            child.start()
            await child.wait_ready(self.patience)


def run(stack: Stack) -> None:
    """Run the stack until Ctrl-C, SIGTERM or SIGHUP. Raises StackError if it cannot start."""
    with only_stack(stack.addresses.data_dir):
        asyncio.run(_until_stopped(stack))


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all at once. The first error ends the others and is raised unchanged."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


async def _until_stopped(stack: Stack) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    try:
        with suppress(Stopped):
            await unless_stopped(stopped, stack.start())
            await unless_stopped(stopped, stack.keep())
    finally:
        await stack.stop()


@contextmanager
def only_stack(data_dir: Path) -> Iterator[None]:
    """Lock the data folder during the block. Raises StackError if another stack holds it; the lock
    is also freed by kill -9."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StackError(
                f"A stack already runs on {data_dir} (process {file.read().strip()}). Stop it, or "
                "set LAPOR_DATA_DIR and the ports (LAPOR_…_PORT) for a second one beside it."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
