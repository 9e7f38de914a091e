"""A small country served by real processes on servers of its own, which a test may kill."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import text
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.credentials import Credentials, environment, load_or_create
from deploy.local.child import Child
from deploy.local.migrate import declare_streams, migrate_database
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.local.postgres import OWNER, Postgres
from deploy.local.processes import PROCESSES, Process
from deploy.local.temporal import Temporal, search_attributes
from shared.database.engine import Database, raw
from shared.http.tokens import ReportBearer, Staff, Tokens
from shared.lifecycle.people import Role
from shared.settings import Addresses, Settings
from tests.deadlines import READY_WITHIN
from tests.workflows.country import (
    BIDANG,
    DINAS,
    MISSION,
    PROVINCE,
    ROOT,
    add_staff,
    settle_country,
)

Who = tuple[int, int, Role]

# Names as the tests use them: (id, agency, role).
PUSAT = (1, ROOT, Role.CENTRAL_ADMIN)
ABOVE = (2, PROVINCE, Role.AGENCY_ADMIN)
ADMIN = (3, DINAS, Role.AGENCY_ADMIN)
OFFICER = (4, DINAS, Role.LIAISON_OFFICER)
BELOW = (5, BIDANG, Role.LIAISON_OFFICER)
ABOVE_TOO = (6, PROVINCE, Role.COORDINATING_ADMIN)
BESIDE = (7, MISSION, Role.AGENCY_ADMIN)
PUSAT_OFFICER = (8, ROOT, Role.LIAISON_OFFICER)
BELOW_ADMIN = (9, BIDANG, Role.AGENCY_ADMIN)
COORDINATOR_BESIDE = (10, MISSION, Role.COORDINATING_ADMIN)
COORDINATOR_BELOW = (11, BIDANG, Role.COORDINATING_ADMIN)
OVERSEER = (12, PROVINCE, Role.OVERSEER)
_MORE = (
    OVERSEER,
    ABOVE_TOO,
    BESIDE,
    PUSAT_OFFICER,
    BELOW_ADMIN,
    COORDINATOR_BESIDE,
    COORDINATOR_BELOW,
)
"""Beside those whom `settle_country` knows."""

UNCONNECTED = 30
"""An agency below pusat with nobody in it."""

PATHS = {
    ROOT: (ROOT,),
    PROVINCE: (ROOT, PROVINCE),
    DINAS: (ROOT, PROVINCE, DINAS),
    BIDANG: (ROOT, PROVINCE, DINAS, BIDANG),
    MISSION: (ROOT, MISSION),
}


class ClusterAccess:
    """How a test reaches what runs: `http` calls services by full address, `owner` reads tables."""

    client: Client

    def __init__(self, addresses: Addresses) -> None:
        self.folder, self.addresses = addresses.data_dir, addresses
        self.credentials: Credentials = load_or_create(self.folder)
        self.settings = self.settings_of(OWNER)
        self.http = httpx.AsyncClient(timeout=30)
        self.owner = Database(self.settings.database_url)
        self.tokens = Tokens.of(self.settings)

    def settings_of(self, role: str) -> Settings:
        variables = environment(self.addresses, self.credentials, role)
        return Settings.model_validate(
            {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
        )

    def staff(self, who: Who) -> dict[str, str]:
        staff_id, agency, role = who
        principal = Staff(id=staff_id, role=role, agency_id=agency, agency_path=PATHS[agency])
        return {"Authorization": f"Bearer {self.tokens.issue(principal)}"}

    def reporter(self, number: int) -> dict[str, str]:
        """Who has the number and its access code."""
        return {"Authorization": f"Bearer {self.tokens.issue(ReportBearer(number=number))}"}

    def address(self, service: str) -> str:
        return str(getattr(self.addresses, f"{service}_url"))

    async def operations(self, process: str) -> str:
        """Where a process answers /healthz, /readyz and /metrics, as its log says."""
        log = self.folder / "log" / f"{process}.log"
        async with asyncio.timeout(READY_WITHIN):
            while True:
                lines = [line for line in log.read_text().splitlines() if '"operations"' in line]
                if lines:
                    return str(orjson.loads(lines[-1])["operations"])
                await asyncio.sleep(0.1)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.owner.session() as session:
            return list((await session.execute(text(query), values)).all())

    async def value(self, query: str, **values: Any) -> Any:
        [row] = await self.rows(query, **values)
        return row[0]


async def settle_people(owner: Database) -> None:
    """Put the country's agencies and people in, and a category."""
    await settle_country(owner)
    async with owner.session() as session:
        connection = await raw(session)
        for who in _MORE:
            await add_staff(connection, *who)
        await connection.execute(
            "INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)"
            " VALUES (%s, 'A30', 'Instansi 30', 'unit', %s, %s, 'WIB', true)",
            (UNCONNECTED, ROOT, [ROOT, UNCONNECTED]),
        )
        await connection.execute(
            "INSERT INTO routing.category (id, code, name, active)"
            " VALUES (1, 'jalan', 'Infrastruktur Jalan', true)"
        )


class Cluster(ClusterAccess):
    """Servers and processes in a folder; `http` calls them by full address."""

    def __init__(self, folder: Path) -> None:
        ports = {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
        super().__init__(Addresses.model_validate({"data_dir": folder, **ports}))
        self.children: dict[str, Child] = {}

    @property
    def postgres(self) -> Postgres:
        postgres = self.children["postgres"]
        assert isinstance(postgres, Postgres)
        return postgres

    async def settle(self, processes: Iterable[str]) -> None:
        """Start servers and processes, migrate, and put the country's agencies and people in."""
        await asyncio.gather(*(self.start(server) for server in self._servers()))
        self.postgres.create_roles(self.credentials.roles)
        self.postgres.create_database()
        await migrate_database(self.settings.database_url)
        await declare_streams(self.settings.nats_url)
        await settle_people(self.owner)
        await self._go_on(processes)

    async def resume(self, processes: Iterable[str]) -> None:
        """Start servers and processes on what is in the folder already."""
        await asyncio.gather(*(self.start(server) for server in self._servers()))
        self.postgres.create_roles(self.credentials.roles)
        await self._go_on(processes)

    async def _go_on(self, processes: Iterable[str]) -> None:
        await self.add(*processes)
        self.client = await Client.connect(
            self.addresses.temporal_address, data_converter=pydantic_data_converter
        )

    async def add(self, *names: str) -> None:
        """Start processes that do not run yet."""
        described = [process for process in PROCESSES if process.name in names]
        made = [Process(process, self.addresses, self.credentials) for process in described]
        await asyncio.gather(*(self.start(process) for process in made))

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End it at once, as the machine would that runs out of memory."""
        os.kill(self.children[name].pid, how)

    async def restart(self, name: str) -> None:
        """Start again what was killed, or first stop what was not."""
        child = self.children[name]
        await child.stop()
        await child.prepare()
        child.start()
        await child.wait_ready(READY_WITHIN)

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """Stop a process while the block runs."""
        await self.children[name].stop()
        try:
            yield
        finally:
            self.children[name].start()
            await self.children[name].wait_ready(READY_WITHIN)

    async def close(self) -> None:
        await self.http.aclose()
        await self.owner.dispose()
        processes = [c for c in self.children.values() if isinstance(c, Process)]
        servers = [c for c in self.children.values() if not isinstance(c, Process)]
        await asyncio.gather(*(child.stop() for child in processes))
        await asyncio.gather(*(child.stop() for child in servers))

    async def set_policy(self, agency_id: int, **lengths: dict[str, Any]) -> None:
        """Process times of an agency from now on; those left out stay the nation's."""
        async with self.owner.session() as session:
            await (await raw(session)).execute(
                "INSERT INTO routing.policy (agency_id, body, valid_from) VALUES (%s, %s, now())",
                (agency_id, orjson.dumps(lengths).decode()),
            )

    def _servers(self) -> list[Child]:
        here, known = self.addresses, self.credentials
        return [
            Postgres(self.folder, password=known.postgres, port=here.postgres_port),
            Nats(
                self.folder,
                authority=known.nats,
                port=here.nats_port,
                monitor_port=here.nats_monitor_port,
            ),
            Temporal(
                self.folder,
                port=here.temporal_port,
                ui_port=None,
                search_attributes=search_attributes(),
            ),
        ]

    async def start(self, child: Child) -> None:
        """Start a server or process of the cluster; it is ready when this returns."""
        await child.prepare()
        self.children[child.name] = child
        child.start()
        await child.wait_ready(READY_WITHIN)
