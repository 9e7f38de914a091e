"""`lapor cluster`: three nodes of NATS, two of Postgres, every process twice, Caddy in front."""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from typing import Any, Final

from deploy.cluster.caddy import Caddy
from deploy.cluster.certificates import Certificates, certificates
from deploy.cluster.layout import (
    COPIES,
    NATS,
    POSTGRES,
    Layout,
    lay_out,
    names_of,
    write_environment,
)
from deploy.cluster.leaders import NOBODY, ROLE, leaders, summary
from deploy.cluster.nats_node import NatsNode
from deploy.cluster.postgres_node import PostgresNode, primary_of
from deploy.cluster.promote import node_of
from deploy.credentials import Credentials, environment
from deploy.local.child import Child
from deploy.local.mailbox.child import Mailbox
from deploy.local.migrate import declare_streams
from deploy.local.postgres import OWNER
from deploy.local.preparation import Preparation, SignIns, preparation
from deploy.local.processes import PROCESSES, Description, Process
from deploy.local.stack import temporal_of
from deploy.local.supervisor import Stack, together
from shared.settings import Addresses, Settings

DRAIN: Final = 3
"""Seconds for which a service that is ending says so to Caddy, which asks every second."""
_STEPS: Final = 6 + len(NATS) + len(POSTGRES) + COPIES * len(PROCESSES)
_AT_ONCE: Final = 4
"""The number of processes that start at a time: more would only wait for each other."""
_LOOK_EVERY: Final = 10.0
_CHOOSING: Final = 30
"""Seconds within which relay and streams have chosen their leaders."""


class ClusterStack(Stack):
    """The stack of a cluster. With `synchronous`, a commit is answered when both nodes of Postgres
    have it."""

    patience = 240.0

    def __init__(self, own: Addresses, *, synchronous: bool = True) -> None:
        self.layout: Layout = lay_out(own)
        super().__init__(self.layout.addresses, _STEPS)
        self.synchronous = synchronous
        self._sign_ins: SignIns = ()
        self._starting = asyncio.Semaphore(_AT_ONCE)

    async def start_all(self, credentials: Credentials) -> None:
        shown = certificates(self.addresses.data_dir / "tls", self.addresses.host)
        # For the processes, which inherit it, and for what is done here.
        os.environ["SSL_CERT_FILE"] = str(shown.authority)
        write_environment(self.layout, shown.authority)
        owner = self.settings(credentials).database_url
        async with preparation(self.addresses.data_dir) as preparing:
            await together([self._start_bus(credentials, shown), self._start_postgres(credentials)])
            temporal = temporal_of(self.addresses, await preparing.search_attributes())
            await together(
                [
                    self.start_child("Temporal", temporal),
                    self.start_child("Caddy", Caddy(self.layout, shown)),
                    self.start_child("mailbox", Mailbox(self.addresses, credentials)),
                    self._prepare_database(owner, credentials, preparing),
                    *self._processes(credentials, answering_http=True),
                ]
            )
        await together(self._processes(credentials, answering_http=False))

    async def welcome(self, credentials: Credentials) -> None:
        led = await self._settled_leaders(credentials)
        how = "answered when both have them" if self.synchronous else "sent to the standby behind"
        more = [
            "",
            *(f"  {line[0].upper()}{line[1:]}." for line in summary(led)),
            f"  Commits are {how}. Every process runs {COPIES} times; Temporal once: a dev server.",
            "",
            "  Commands find this cluster by",
            f"      set -a; . {self.addresses.data_dir}/environment; set +a",
            "  The standby takes over by `lapor cluster promote`.",
        ]
        self.screen.welcome(self.addresses, self._sign_ins, credentials.demo, more)

    async def _settled_leaders(self, credentials: Credentials) -> dict[str, str]:
        """Return the leaders when everything has one, or the known ones after a while."""
        for _ in range(_CHOOSING):
            led = await leaders(self.settings(credentials, ROLE))
            if NOBODY not in led.values():
                break
            await asyncio.sleep(1)
        return led

    def settings(self, credentials: Credentials, role: str = OWNER) -> Settings:
        """Return the settings of commands that people run, with this database role."""
        variables = environment(self.addresses, credentials, role)
        return Settings.model_validate(
            {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
        )

    async def _start_bus(self, credentials: Credentials, shown: Certificates) -> None:
        nodes = [
            NatsNode(name, layout=self.layout, authority=credentials.nats, shown=shown)
            for name in NATS
        ]
        await together(self.start_child(node.name, node) for node in nodes)
        async with self.screen.step("streams"):
            await declare_streams(self.settings(credentials).nats_url, len(NATS))

    async def _start_postgres(self, credentials: Credentials) -> None:
        primary = primary_of(self.addresses.data_dir)
        for name in sorted(POSTGRES, key=lambda name: name != primary):
            await self.start_child(name, self.node(name, credentials))

    def node(self, name: str, credentials: Credentials) -> PostgresNode:
        """Return a node of Postgres, running or not."""
        return node_of(self.addresses, name, credentials.postgres, synchronous=self.synchronous)

    async def _prepare_database(
        self, owner: str, credentials: Credentials, preparing: Preparation
    ) -> None:
        primary = self.node(primary_of(self.addresses.data_dir), credentials)
        async with self.screen.step("migrations"):
            await asyncio.to_thread(primary.create_roles, credentials.roles)
            await asyncio.to_thread(primary.create_database)
            await preparing.migrate(owner)
        async with self.screen.step("agencies and staff"):
            self._sign_ins = await self.lay_people(owner, credentials, preparing)

    async def lay_people(
        self, database_url: str, credentials: Credentials, preparing: Preparation
    ) -> SignIns:
        """Load agencies and their staff if there are none; return who signs in with which name."""
        return await preparing.load_demo(database_url, credentials.demo)

    def _processes(
        self, credentials: Credentials, *, answering_http: bool
    ) -> Iterator[Coroutine[Any, Any, None]]:
        for number in range(COPIES):
            for process in PROCESSES:
                if (process.port is not None) is answering_http:
                    yield self._start_copy(self.copy(process, number, credentials))

    def copy(self, process: Description, number: int, credentials: Credentials) -> Process:
        """Return a copy of a process; those that answer HTTP have their own port."""
        addresses = self.addresses
        if process.port is not None:
            port = self.layout.copies[process.name][number]
            addresses = addresses.model_copy(update={process.port: port})
        copy = Process(process, addresses, credentials, names_of(process.name)[number], DRAIN)
        copy.patience += 2 * DRAIN
        return copy

    async def _start_copy(self, copy: Child) -> None:
        async with self._starting:
            await self.start_child(copy.name, copy)

    async def keep(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(super().keep())
            group.create_task(self._watch_leaders())

    async def _watch_leaders(self) -> None:
        """Print changes of leaders. An error when asking is not an error of the stack."""
        settings, known = self.settings(self.credentials, ROLE), set[str]()
        while True:
            try:
                present = summary(await leaders(settings))
            except Exception as error:  # noqa: BLE001
                present = [f"who leads is not known ({type(error).__name__})"]
            for line in present:
                if known and line not in known:
                    self.screen.say(line)
            known = set(present)
            await asyncio.sleep(_LOOK_EVERY)
