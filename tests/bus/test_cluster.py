"""Several NATS nodes: any of them serves, and what is kept on several stays there."""

import asyncio
import contextlib
import json
import sysconfig
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import APIError

from deploy.local.child import Child, first_line
from deploy.local.ports import free_port
from shared.bus.addresses import parse_addresses
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.consumer import Consumer, each
from shared.bus.errors import BadMessage
from shared.bus.streams import INGEST_REPORTS, INTAKE, REPORTS, STREAMS, declare
from shared.settings import Settings
from tests.bus.conftest import Server

REPORT = "lapor.v1.ingest.dukcapil.report"
PASSWORD = "p@ss:w,rd/%"
ENCODED = "p%40ss%3Aw%2Crd%2F%25"


class Node(Child):
    """One nats-server of a cluster."""

    def __init__(
        self, folder: Path, name: str, port: int, route: int, routes: Sequence[int]
    ) -> None:
        binary = Path(sysconfig.get_path("scripts")) / "nats-server"
        self.port = port
        self._config = folder / f"{name}.conf"
        self._text = _CONFIG.format(
            name=name,
            port=port,
            route=route,
            folder=folder / name,
            password=json.dumps(PASSWORD),
            routes=", ".join(f"nats-route://127.0.0.1:{other}" for other in routes),
        )
        super().__init__(name, folder, [str(binary), "--config", str(self._config)])

    async def prepare(self) -> None:
        self._config.write_text(self._text)

    async def is_ready(self) -> bool:
        return self.alive and (await first_line("127.0.0.1", self.port)).startswith(b"INFO")


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[Node]]:
    ports, routes = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
    nodes = [
        Node(tmp_path, f"n{place}", port, route, routes)
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


async def test_with_its_first_node_dead_everything_goes_on_and_replicas_are_never_lowered(
    nodes: list[Node],
) -> None:
    url = f"nats://lapor:{ENCODED}@" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)
    await declare(url, replicas=3)
    await declare(url)
    bus = await connect(url, "test", patience=20)
    try:
        for stream in STREAMS:
            assert (await bus.js.stream_info(stream.name)).config.num_replicas == 3, stream.name
        seen: list[bytes] = []

        async def handle(message: Msg) -> None:
            seen.append(message.data)

        async def unexpected(message: Msg, bad: BadMessage) -> None:
            raise AssertionError(bad)

        consumer = Consumer(bus, INTAKE, each(handle), unexpected)
        running = asyncio.create_task(consumer.run())
        await bus.publish(REPORT, b"before", msg_id="1")
        await nodes[0].stop()
        await bus.publish(REPORT, b"after", msg_id="2", give_up_after=60)
        # A process that starts now is let in by the others, whose addresses carry no credentials.
        late = await connect(url, "late", patience=20)
        await late.publish(REPORT, b"late", msg_id="3", give_up_after=60)
        await late.close()
        async with asyncio.timeout(120):
            while set(seen) < {b"before", b"after", b"late"}:
                await asyncio.sleep(0.05)
        consumer.stop()
        await running
    finally:
        await bus.close()


async def test_a_client_told_of_one_node_goes_to_those_the_cluster_names(nodes: list[Node]) -> None:
    bus = await connect(f"nats://lapor:{ENCODED}@127.0.0.1:{nodes[1].port}", "test", patience=20)
    try:
        await nodes[1].stop()
        async with asyncio.timeout(120):
            while not (bus.nc.is_connected and bus.nc.connected_url.port != nodes[1].port):  # type: ignore[union-attr]
                await asyncio.sleep(0.05)
        await bus.nc.flush()
    finally:
        await bus.close()


async def test_more_replicas_than_there_are_nodes_are_refused_and_nothing_is_changed(
    server: Server, bus: Bus
) -> None:
    await bus.publish(REPORT, b"kept", msg_id="1")
    with pytest.raises(APIError):
        await declare(server.url, replicas=3)
    info = await bus.js.stream_info(INGEST_REPORTS.name)
    assert (info.config.num_replicas, info.state.messages) == (1, 1)


async def test_an_operators_placement_and_replicas_outlast_a_migration(nodes: list[Node]) -> None:
    url = f"nats://lapor:{ENCODED}@127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[2].port}"
    placement = api.Placement(cluster="lapor", tags=["ssd"])
    bus = await connect(url, "test", patience=20)
    try:
        chosen = REPORTS.config()
        chosen.num_replicas, chosen.placement = 2, placement
        await bus.js.add_stream(chosen)
        await declare(url)
        config = (await bus.js.stream_info(REPORTS.name)).config
        assert (config.num_replicas, config.placement) == (2, placement)
    finally:
        await bus.close()


@pytest.mark.parametrize(
    ("url", "servers"),
    [
        ("nats://u:p@a:1,nats://u:p@b:2", "nats://a:1,nats://b:2"),
        ("nats://u:p@a, b:2 ,", "nats://a:4222,nats://b:2"),
        ("tls://u:p@a,tls://b", "tls://a:4222,tls://b:4222"),
        ("tls://u:p@a,b", "tls://a:4222,tls://b:4222"),
        ("u:p@a:7", "nats://a:7"),
        ("nats://u:p@[::1]:9,nats://b", "nats://[::1]:9,nats://b:4222"),
        ("nats://a,nats://u:p@b", "nats://a:4222,nats://b:4222"),
    ],
)
def test_several_addresses_are_read_with_one_user_for_all(url: str, servers: str) -> None:
    addresses = parse_addresses(url)
    assert str(addresses) == servers
    assert (addresses.user, addresses.password) == ("u", "p")
    assert Settings(nats_url=url).nats_url == url


@pytest.mark.parametrize(
    "url",
    [
        "nats://u:secret@a,nats://v:secret@b",
        "nats://u:secret@a,nats://u:other-secret@b",
        "http://u:secret@a",
        "nats://u:secret@a:port",
        "nats://u:secret@a:99999",
        "nats://u:secret@/a",
        "nats://u:secret@",
        ",",
    ],
)
def test_an_address_that_makes_no_sense_stops_the_process_and_shows_no_password(url: str) -> None:
    with pytest.raises(ValueError, match="NATS") as refused:
        Settings(nats_url=url)
    assert "secret" not in str(refused.value)


async def test_a_wrong_password_is_said_whichever_node_answers(nodes: list[Node]) -> None:
    url = "nats://lapor:wrong@" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)
    with pytest.raises(BusUserUnknown):
        await connect(url, "test", patience=20)


async def _until_led(nodes: Sequence[Node]) -> None:
    """Until the cluster has chosen who leads its streams."""
    url = f"nats://lapor:{ENCODED}@127.0.0.1:{nodes[0].port}"
    async with asyncio.timeout(120):
        bus = await connect(url, "test")
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
accounts {{
  LAPOR {{ jetstream: enabled, users: [{{ user: lapor, password: {password} }}] }}
  SYS {{ users: [{{ user: sys, password: sys }}] }}
}}
system_account: SYS
"""
