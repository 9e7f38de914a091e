"""`lapor up`: starts servers, migrations, demo data and processes; watches; stops all of it."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from deploy.credentials import Credentials, load_or_create
from deploy.errors import StackError
from deploy.local.child import Child, end_leftovers
from deploy.local.migrate import declare_streams, migrate_database
from deploy.local.nats import Nats
from deploy.local.ports import refuse_busy
from deploy.local.postgres import OWNER, Postgres
from deploy.local.processes import PROCESSES, Process
from deploy.local.reload import watch_code
from deploy.local.screen import Screen
from deploy.local.temporal import Temporal, search_attributes
from deploy.local.watch import keep_alive
from shared.resilience.stopping import Stopped, unless_stopped
from shared.settings import Addresses

_STEPS_BESIDE_PROCESSES = 6


def run(addresses: Addresses, *, reload: bool = False) -> None:
    """Runs the stack until Ctrl-C, SIGTERM or SIGHUP; with `reload` a process starts again when its
    code changes. Raises StackError when it cannot start."""
    with only_stack(addresses.data_dir):
        asyncio.run(_until_told(addresses, reload))


async def _until_told(addresses: Addresses, reload: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    stack = _Stack(addresses)
    try:
        with suppress(Stopped):
            await unless_stopped(stopped, stack.start())
            await unless_stopped(stopped, _keep(stack, reload))
    finally:
        await stack.stop()


async def _keep(stack: "_Stack", reload: bool) -> None:
    changed = {process.name: asyncio.Event() for process in PROCESSES}
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_alive(stack.children, stack.screen.say, changed))
        if reload:
            group.create_task(watch_code(changed))


class _Stack:
    """The children in the order of their start."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self.children: list[Child] = []
        self._sign_ins: Sequence[tuple[str, str]] = ()
        self.screen = Screen(_STEPS_BESIDE_PROCESSES + len(PROCESSES))

    async def start(self) -> None:
        addresses = self._addresses
        with self.screen:
            for name in await end_leftovers(addresses.data_dir):
                self.screen.say(f"  ended {name}, left over from an earlier start")
            refuse_busy(addresses)
            credentials = load_or_create(addresses.data_dir)
            await _all([self._start_bus(credentials), self._start_postgres(credentials)])
            # What answers HTTP needs no table before somebody asks, and nobody does yet.
            await _all(
                [
                    self._start_temporal(),
                    self._prepare_database(credentials),
                    *self._processes(credentials, answering_http=True),
                ]
            )
            await _all(self._processes(credentials, answering_http=False))
        self.screen.welcome(addresses, PROCESSES, self._sign_ins, credentials.demo)

    async def stop(self) -> None:
        """The processes first, together, then the servers they use."""
        servers = [child for child in self.children if not isinstance(child, Process)]
        processes = [child for child in self.children if isinstance(child, Process)]
        if self.children:
            self.screen.say("Stopping …")
        await asyncio.gather(*(child.stop() for child in processes))
        await asyncio.gather(*(child.stop() for child in servers))
        if self.children:
            self.screen.say(f"Stopped. The data stays in {self._addresses.data_dir}.")

    async def _start_bus(self, credentials: Credentials) -> None:
        addresses = self._addresses
        nats = Nats(
            addresses.data_dir,
            authority=credentials.nats,
            port=addresses.nats_port,
            monitor_port=addresses.nats_monitor_port,
            host=addresses.host,
        )
        await self._start("NATS", nats)
        async with self.screen.step("streams"):
            await declare_streams(nats.url)

    async def _start_postgres(self, credentials: Credentials) -> None:
        await self._start("Postgres", self._postgres(credentials))

    async def _start_temporal(self) -> None:
        addresses = self._addresses
        temporal = Temporal(
            addresses.data_dir,
            port=addresses.temporal_port,
            ui_port=addresses.temporal_ui_port,
            host=addresses.host,
            search_attributes=search_attributes(),
        )
        await self._start("Temporal", temporal)

    async def _prepare_database(self, credentials: Credentials) -> None:
        postgres = self._postgres(credentials)
        owner = postgres.url(OWNER, credentials.roles[OWNER])
        async with self.screen.step("migrations"):
            await asyncio.to_thread(postgres.create_roles, credentials.roles)
            await asyncio.to_thread(postgres.create_database)
            await migrate_database(owner)
        async with self.screen.step("demo agencies and staff"):
            self._sign_ins = await _load_demo(owner, credentials.demo)

    def _postgres(self, credentials: Credentials) -> Postgres:
        addresses = self._addresses
        return Postgres(
            addresses.data_dir,
            password=credentials.postgres,
            port=addresses.postgres_port,
            host=addresses.host,
        )

    def _processes(
        self, credentials: Credentials, *, answering_http: bool
    ) -> Iterator[Coroutine[Any, Any, None]]:
        for process in PROCESSES:
            if (process.port is not None) is answering_http:
                yield self._start(process.name, Process(process, self._addresses, credentials))

    async def _start(self, title: str, child: Child) -> None:
        async with self.screen.step(title):
            await child.prepare()
            self.children.append(child)
            child.start()
            await child.wait_ready()


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All at once; the first trouble ends the rest and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


async def _load_demo(database_url: str, password: str) -> Sequence[tuple[str, str]]:
    from deploy.demo import seed  # slow to import, while others start

    return await seed.load(database_url, password)


@contextmanager
def only_stack(data_dir: Path) -> Iterator[None]:
    """Holds the data folder. Raises StackError when another stack does; kill -9 frees it."""
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
