"""A nats-server of the test's own, where it is restarted or reloaded."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from deploy.local.nats import Nats
from deploy.local.ports import free_port
from shared.bus.connection import Bus, connect
from shared.bus.streams import declare
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher


@dataclass
class Server:
    """A nats-server with our streams that a test may stop and start."""

    nats: Nats

    @property
    def url(self) -> str:
        return self.nats.url

    @property
    def address(self) -> str:
        return "nats://" + self.url.rpartition("@")[2]

    @property
    def folder(self) -> Path:
        return self.nats.folder

    async def restart(self) -> None:
        await self.nats.stop()
        self.nats.start()
        await self.nats.wait_ready()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    nats = Nats(
        tmp_path,
        password="words",
        system_password="other",
        port=free_port(),
        monitor_port=free_port(),
    )
    await nats.prepare()
    nats.start()
    try:
        await nats.wait_ready()
        await declare(nats.url)
        yield Server(nats)
    finally:
        await nats.stop()


@pytest.fixture
async def bus(server: Server) -> AsyncIterator[Bus]:
    bus = await connect(server.url, "test", patience=10)
    yield bus
    await bus.close()


@pytest.fixture
def cipher() -> IdentityCipher:
    return IdentityCipher(Fernet.generate_key().decode())


@pytest.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    """The owner's."""
    database = Database(fresh_database("lapor_owner"))
    yield database
    await database.dispose()
