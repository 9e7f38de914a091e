"""`lapor up`: one of each server, one of each process, migrations and demo staff."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any

from deploy.credentials import Credentials
from deploy.local.mailbox.child import Mailbox
from deploy.local.migrate import declare_streams
from deploy.local.nats import Nats
from deploy.local.postgres import OWNER, Postgres
from deploy.local.preparation import Preparation, preparation
from deploy.local.processes import PROCESSES, Process
from deploy.local.reload import watch_code
from deploy.local.supervisor import Stack, together
from deploy.local.temporal import Temporal, search_attributes
from deploy.local.watch import keep_alive
from shared.settings import Addresses

_STEPS_BESIDE_PROCESSES = 7


class LocalStack(Stack):
    """The local stack. With `reload`, a process is restarted when its code changes."""

    def __init__(self, addresses: Addresses, *, reload: bool = False) -> None:
        super().__init__(addresses, _STEPS_BESIDE_PROCESSES + len(PROCESSES))
        self._reload = reload
        self._sign_ins: Sequence[tuple[str, str]] = ()

    async def start_all(self, credentials: Credentials) -> None:
        postgres = self._postgres(credentials)
        servers = (
            self._start_bus(credentials),
            self.start_child("Postgres", postgres),
            self.start_child("mailbox", Mailbox(self.addresses, credentials)),
        )
        async with preparation(self.addresses.data_dir) as preparing:
            await together(servers)
            temporal = temporal_of(self.addresses, await preparing.search_attributes())
            # Processes that answer HTTP need no table before the first request, and nobody sends
            # one yet.
            await together(
                [
                    self.start_child("Temporal", temporal),
                    self._prepare_database(postgres, credentials, preparing),
                    *self._processes(credentials, answering_http=True),
                ]
            )
        await together(self._processes(credentials, answering_http=False))

    async def welcome(self, credentials: Credentials) -> None:
        self.screen.welcome(self.addresses, self._sign_ins, credentials.demo)

    async def keep(self) -> None:
        changed = {process.name: asyncio.Event() for process in PROCESSES}
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_alive(self.children, self.screen.say, changed))
            if self._reload:
                group.create_task(watch_code(changed))

    async def _start_bus(self, credentials: Credentials) -> None:
        addresses = self.addresses
        nats = Nats(
            addresses.data_dir,
            authority=credentials.nats,
            port=addresses.nats_port,
            monitor_port=addresses.nats_monitor_port,
            host=addresses.host,
        )
        await self.start_child("NATS", nats)
        async with self.screen.step("streams"):
            await declare_streams(nats.url)

    async def _prepare_database(
        self, postgres: Postgres, credentials: Credentials, preparing: Preparation
    ) -> None:
        owner = postgres.url(OWNER, credentials.roles[OWNER])
        async with self.screen.step("migrations"):
            await asyncio.to_thread(postgres.create_roles, credentials.roles)
            await asyncio.to_thread(postgres.create_database)
            await preparing.migrate(owner)
        async with self.screen.step("demo agencies and staff"):
            self._sign_ins = await preparing.load_demo(owner, credentials.demo)
            await preparing.give_addresses(owner, credentials.application)

    def _postgres(self, credentials: Credentials) -> Postgres:
        addresses = self.addresses
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
                child = Process(process, self.addresses, credentials)
                yield self.start_child(process.name, child)


def temporal_of(addresses: Addresses, attributes: Mapping[str, str] | None = None) -> Temporal:
    """Return the dev server at these addresses. Pass the search `attributes` if they are known
    already: looking them up loads Temporal's client, 20 MB."""
    return Temporal(
        addresses.data_dir,
        port=addresses.temporal_port,
        ui_port=addresses.temporal_ui_port,
        host=addresses.host,
        search_attributes=attributes or search_attributes(),
    )
