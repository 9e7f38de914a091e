"""A nats-server of the test's own, where it is restarted or reloaded."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.nats.authority import from_variables, new_authority
from shared.bus.connection import Bus, connect
from shared.bus.streams import declare
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings
from tests.deadlines import READY_WITHIN


@dataclass
class Server:
    """A nats-server with our streams that a test may stop and start."""

    nats: Nats
    authority: dict[str, str]
    """The variables of whoever lets into it."""

    @property
    def url(self) -> str:
        return self.nats.url

    @property
    def address(self) -> str:
        return self.nats.address

    @property
    def settings(self) -> Settings:
        """Those of the commands that let partners in and out of this server."""
        return settings_of(self.authority, self.url)

    async def restart(self) -> None:
        await self.nats.stop()
        self.nats.start()
        await self.nats.wait_ready(READY_WITHIN)


def settings_of(authority: dict[str, str], nats_url: str) -> Settings:
    """The settings of commands, with the keys of this authority."""
    values = {name.removeprefix("LAPOR_").lower(): value for name, value in authority.items()}
    return Settings.model_validate({**values, "nats_url": nats_url})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    authority = new_authority()
    keys = from_variables(authority)
    nats = Nats(tmp_path, authority=keys, port=free_port(), monitor_port=free_port())
    await nats.prepare()
    nats.start()
    try:
        await nats.wait_ready(READY_WITHIN)
        await declare(nats.url)
        yield Server(nats, authority)
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
