"""A cluster of NATS nodes by one operator's keys, each of which a test may stop and start."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.child import Child, first_line
from deploy.local.nats import BINARY
from deploy.local.ports import free_port
from deploy.nats.authority import Authority, from_variables, new_authority
from deploy.nats.permissions import COMMANDS
from shared.bus.addresses import with_credentials
from shared.bus.connection import connect
from shared.settings import Settings
from tests.bus.conftest import settings_of


class Node(Child):
    """One nats-server of a cluster."""

    def __init__(
        self,
        folder: Path,
        name: str,
        port: int,
        route: int,
        routes: Sequence[int],
        variables: dict[str, str],
    ) -> None:
        self.port, self.variables = port, variables
        self._config = folder / f"{name}.conf"
        self._places = {
            "name": name,
            "port": port,
            "route": route,
            "folder": folder / name,
            "routes": ", ".join(f"nats-route://127.0.0.1:{other}" for other in routes),
        }
        super().__init__(name, folder, [str(BINARY), "--config", str(self._config)])

    @property
    def authority(self) -> Authority:
        return from_variables(self.variables)

    async def prepare(self) -> None:
        operator = self.authority.server_config()
        self._config.write_text(_CONFIG.format(**self._places, operator=operator))

    async def is_ready(self) -> bool:
        return self.alive and (await first_line("127.0.0.1", self.port)).startswith(b"INFO")

    async def restart(self, variables: dict[str, str] | None = None) -> None:
        """Stop it, if it runs, and start it, by these keys from now on."""
        await self.stop()
        self.variables = variables or self.variables
        await self.prepare()
        self.start()
        await self.wait_ready()


def url_of(nodes: Sequence[Node]) -> str:
    """These nodes' addresses, as the commands know them."""
    addresses = ",".join(f"nats://127.0.0.1:{node.port}" for node in nodes)
    return with_credentials(addresses, nodes[0].authority.user(COMMANDS))


def settings_for(nodes: Sequence[Node]) -> Settings:
    """The settings of commands that reach these nodes."""
    return settings_of(nodes[0].variables, url_of(nodes))


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[list[Node]]:
    """Three nodes that have chosen who leads."""
    ports, routes = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
    variables = new_authority()
    nodes = [
        Node(folder, f"n{place}", port, route, routes, variables)
        for place, (port, route) in enumerate(zip(ports, routes, strict=True))
    ]
    try:
        for node in nodes:
            await node.prepare()
            node.start()
        await asyncio.gather(*(node.wait_ready() for node in nodes))
        await _until_led(nodes)
        yield nodes
    finally:
        await asyncio.gather(*(node.stop() for node in nodes))


async def _until_led(nodes: Sequence[Node]) -> None:
    """Until the cluster has chosen who leads its streams."""
    async with asyncio.timeout(120):
        bus = await connect(url_of(nodes[:1]), "test")
        try:
            while True:
                with contextlib.suppress(Exception):
                    await bus.js.account_info()
                    await bus.js.add_stream(name="READY", subjects=["ready"], num_replicas=3)
                    await bus.js.delete_stream("READY")
                    break
                await asyncio.sleep(0.1)
        finally:
            await bus.close()


_CONFIG = """\
server_name: {name}
server_tags: [ssd]
listen: "127.0.0.1:{port}"
max_payload: 1MB
jetstream {{ store_dir: "{folder}" }}
cluster {{ name: lapor, listen: "127.0.0.1:{route}", routes: [{routes}] }}
resolver: {{ type: full, dir: "{folder}/accounts", allow_delete: false, interval: "5s" }}
{operator}"""
