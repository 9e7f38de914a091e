"""Servers and processes of a measurement: real ones, in a folder of their own, on free ports."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.credentials import Credentials, environment, load_or_create
from deploy.demo import seed
from deploy.local.child import Child
from deploy.local.migrate import declare_streams, migrate_database
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.local.postgres import OWNER, Postgres
from deploy.local.processes import PROCESSES, Process
from deploy.local.temporal import Temporal, search_attributes
from shared.http.tokens import Staff, Tokens
from shared.settings import Addresses, Settings


@dataclass(frozen=True)
class Stack:
    """What runs, and how to reach it."""

    addresses: Addresses
    credentials: Credentials
    postgres: Postgres
    children: AsyncExitStack

    async def start_process(self, name: str) -> None:
        """One more process, stopped with the others."""
        [process] = [process for process in PROCESSES if process.name == name]
        await start(Process(process, self.addresses, self.credentials), self.children)

    async def start_another(self, name: str) -> None:
        """A second one of a process that answers HTTP and runs already: another port, logs and
        run file of its own, the rest is the same."""
        [process] = [process for process in PROCESSES if process.name == name]
        assert process.port is not None
        own = {process.port: free_port(), "data_dir": self.addresses.data_dir / "another"}
        addresses = self.addresses.model_copy(update=own)
        await start(Process(process, addresses, self.credentials), self.children)

    def settings(self, role: str) -> Settings:
        """Of a process of this role."""
        variables = environment(self.addresses, self.credentials, role)
        return Settings.model_validate(
            {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
        )

    @property
    def dsn(self) -> str:
        """The database as its owner, for psycopg itself."""
        url = self.postgres.url(OWNER, self.credentials.roles[OWNER])
        return url.replace("+psycopg", "")

    def pid(self, process: str) -> int:
        """Of one of the processes, for metering it."""
        return int((self.addresses.data_dir / "run" / f"{process}.pid").read_text().split()[0])

    async def bearer(self, username: str) -> dict[str, str]:
        """The header by which a member of the demo's staff is known."""
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            row = await (await connection.execute(_STAFF, (username,))).fetchone()
        assert row is not None, username
        id, role, agency_id, path, version = row
        staff = Staff(
            id=id, role=role, agency_id=agency_id, agency_path=tuple(path), token_version=version
        )
        token = Tokens.of(self.settings(OWNER)).issue(staff)
        return {"authorization": f"Bearer {token}"}

    async def agency(self, code: str) -> int:
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            query = "SELECT id FROM routing.agency WHERE code = %s"
            row = await (await connection.execute(query, (code,))).fetchone()
        assert row is not None, code
        return int(row[0])


@asynccontextmanager
async def running(
    processes: Sequence[str],
    *,
    temporal: bool = False,
    folder: Path | None = None,
    postgres: Mapping[str, str] | None = None,
) -> AsyncIterator[Stack]:
    """Postgres and NATS, Temporal if wanted, and these processes; stopped and removed at the end,
    but for a `folder` that is given. `postgres` are server parameters.

    What is measured must reach the disk, so nothing is told to forget about it.
    """
    data_dir = folder or Path(tempfile.mkdtemp(prefix="lapor-bench-"))
    try:
        async with AsyncExitStack() as children:
            yield await _start(data_dir, processes, temporal, postgres or {}, children)
    finally:
        if folder is None:
            shutil.rmtree(data_dir, ignore_errors=True)


async def _start(
    folder: Path,
    processes: Sequence[str],
    temporal: bool,
    options: Mapping[str, str],
    children: AsyncExitStack,
) -> Stack:
    ports = {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
    addresses = Addresses.model_validate({"data_dir": folder, **ports})
    credentials = load_or_create(folder)
    postgres = Postgres(
        folder, password=credentials.postgres, port=addresses.postgres_port, options=options
    )
    nats = Nats(
        folder,
        authority=credentials.nats,
        port=addresses.nats_port,
        monitor_port=addresses.nats_monitor_port,
    )
    servers: list[Child] = [postgres, nats]
    if temporal:
        servers.append(
            Temporal(
                folder,
                port=addresses.temporal_port,
                ui_port=None,
                search_attributes=search_attributes(),
            )
        )
    for server in servers:
        await start(server, children)
    await declare_streams(nats.url)
    await asyncio.to_thread(postgres.create_roles, credentials.roles)
    await asyncio.to_thread(postgres.create_database)
    owner = postgres.url(OWNER, credentials.roles[OWNER])
    await migrate_database(owner)
    await seed.load(owner, credentials.demo)
    stack = Stack(addresses, credentials, postgres, children)
    for process in PROCESSES:
        if process.name in processes:
            await stack.start_process(process.name)
    return stack


async def start(child: Child, children: AsyncExitStack) -> None:
    """Start it; it is stopped with the others."""
    await child.prepare()
    children.push_async_callback(child.stop)
    child.start()
    await child.wait_ready()


_STAFF = """
SELECT s.id, s.role, s.agency_id, a.path, s.token_version
FROM routing.staff s JOIN routing.agency a ON a.id = s.agency_id WHERE s.username = %s
"""
