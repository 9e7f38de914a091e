"""`lapor cluster` with the tests' country, started in this process, to be broken."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.cluster.certificates import certificates
from deploy.cluster.layout import POSTGRES, names_of
from deploy.cluster.promote import promote
from deploy.cluster.stack import ClusterStack
from deploy.credentials import Credentials
from deploy.local.child import Child
from deploy.local.ports import free_port
from deploy.local.postgres import as_other_user
from deploy.local.preparation import Preparation, SignIns
from shared.database.engine import Database
from shared.settings import Addresses
from tests.cluster import ClusterAccess, settle_people


class WholeCluster(ClusterAccess):
    """Make it with `started`; `close` it."""

    def __init__(self, stack: "CountryStack") -> None:
        super().__init__(stack.addresses)
        self.stack = stack
        self._keeping: asyncio.Task[None] | None = None
        self._usual: dict[str, list[str]] = {}

    @classmethod
    async def started(cls, folder: Path, *, synchronous: bool = True) -> "WholeCluster":
        """Servers and processes run, and are started again when they die."""
        ports = {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
        own = Addresses.model_validate({"data_dir": folder, **ports})
        # Whoever connects from here reads it when its context is made.
        os.environ["SSL_CERT_FILE"] = str(certificates(folder / "tls", own.host).authority)
        whole = cls(CountryStack(own, synchronous=synchronous))
        try:
            await whole.stack.start()
            whole.client = await Client.connect(
                whole.addresses.temporal_address, data_converter=pydantic_data_converter
            )
        except BaseException:
            await whole.close()
            raise
        whole._keeping = asyncio.create_task(whole.stack.keep())
        return whole

    async def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        await self.http.aclose()
        await self.owner.dispose()
        await self.stack.stop()
        del os.environ["SSL_CERT_FILE"]

    @property
    def children(self) -> dict[str, Child]:
        return {child.name: child for child in self.stack.children}

    def copies(self, process: str) -> list[str]:
        """Where each copy answers by itself, without Caddy."""
        ports = self.stack.layout.copies[process]
        return [f"http://{self.addresses.host}:{port}" for port in ports]

    def signal(self, name: str, how: signal.Signals) -> None:
        """To the process and those that it started, as a machine would do to all of them: a
        backend of Postgres is in no group of its postmaster's."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.children[name].pid)
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(how)

    def end(self, name: str) -> None:
        """Tell it to stop, as whoever restarts it does."""
        how = signal.SIGINT if name in POSTGRES else signal.SIGTERM
        os.kill(self.children[name].pid, how)

    async def replace(self, process: str) -> None:
        """Its copies one by one: told to stop, and ready again before the next."""
        for name in names_of(process):
            async with self.made_anew(name):
                self.end(name)

    def under(self, name: str, command: Sequence[str]) -> None:
        """From its next start on it is started by this command (as `env` does); by none: as usual.
        Postgres's user is changed to before."""
        child = self.children[name]
        usual = self._usual.setdefault(name, child.command)
        at = len(as_other_user()) if name in POSTGRES else 0
        child.command = [*usual[:at], *command, *usual[at:]]

    @asynccontextmanager
    async def made_anew(self, *names: str) -> AsyncIterator[None]:
        """What the block ends is ready again afterwards, each in another process."""
        former = {name: self.children[name].pid for name in names}
        yield
        for name, pid in former.items():
            await self.ready(name, pid)

    async def ready(self, name: str, former: int | None = None) -> None:
        """Until it works, in a process other than `former`."""
        child = self.children[name]
        async with asyncio.timeout(240):
            while child.pid == former or not await child.is_ready():
                await asyncio.sleep(0.1)

    async def all_ready(self) -> None:
        await asyncio.gather(*(self.ready(name) for name in self.children))

    async def promote(self, *, kill: bool) -> str:
        """The standby takes over; the name of the new primary."""
        return await promote(self.addresses, self.stack.screen.say, kill=kill)


class CountryStack(ClusterStack):
    """With the tests' agencies and people instead of the demo's."""

    async def lay_people(
        self, database_url: str, credentials: Credentials, preparing: Preparation
    ) -> SignIns:
        database = Database(database_url, pool_size=1)
        try:
            async with database.autocommit() as connection:
                known = await connection.exec_driver_sql("SELECT count(*) FROM routing.agency")
                empty = known.scalar_one() == 0
            if empty:
                await settle_people(database)
        finally:
            await database.dispose()
        return ()
