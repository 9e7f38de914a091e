"""Several NATS nodes: any of them serves, and what is kept on several stays there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import APIError

from deploy.nats.authority import from_variables, new_authority
from deploy.nats.permissions import COMMANDS
from shared.bus.addresses import parse_addresses
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.consumer import Consumer, message_by_message
from shared.bus.errors import BadMessage
from shared.bus.streams import INGEST_REPORTS, INTAKE, REPORTS, STREAMS, declare
from shared.settings import Settings
from tests.bus.conftest import Server
from tests.bus.nodes import Node, running, url_of

REPORT = "lapor.v1.ingest.dukcapil.report"
USER, OTHER = (from_variables(new_authority()).user(COMMANDS) for _ in range(2))


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[Node]]:
    async with running(tmp_path) as nodes:
        yield nodes


async def test_with_its_first_node_dead_everything_goes_on_and_replicas_are_never_lowered(
    nodes: list[Node],
) -> None:
    url = url_of(nodes)
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

        consumer = Consumer(bus, INTAKE, message_by_message(handle), unexpected)
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


async def test_a_message_repeated_while_the_nodes_still_write_it_is_waited_for_and_stored_once(
    nodes: list[Node],
) -> None:
    await declare(url_of(nodes), replicas=3)
    bus = await connect(url_of(nodes), "test", patience=20)
    try:
        again = (bus.publish("lapor.v1.report.verified", b"{}", msg_id="1.2") for _ in range(100))
        stored = await asyncio.gather(*again)
    finally:
        await bus.close()
    assert {each.seq for each in stored} == {1}


async def test_a_client_told_of_one_node_goes_to_those_the_cluster_names(nodes: list[Node]) -> None:
    bus = await connect(url_of(nodes[1:2]), "test", patience=20)
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
    url = url_of([nodes[0], nodes[2]])
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
        ("nats://{user}@a:1,nats://{user}@b:2", "nats://a:1,nats://b:2"),
        ("nats://{user}@a, b:2 ,", "nats://a:4222,nats://b:2"),
        ("tls://{user}@a,tls://b", "tls://a:4222,tls://b:4222"),
        ("tls://{user}@a,b", "tls://a:4222,tls://b:4222"),
        ("{user}@a:7", "nats://a:7"),
        ("nats://{user}@[::1]:9,nats://b", "nats://[::1]:9,nats://b:4222"),
        ("nats://a,nats://{user}@b", "nats://a:4222,nats://b:4222"),
    ],
)
def test_several_addresses_are_read_with_one_user_for_all(url: str, servers: str) -> None:
    url = url.format(user=USER)
    addresses = parse_addresses(url)
    assert str(addresses) == servers
    assert addresses.credentials == USER
    assert Settings(nats_url=url).nats_url == url


@pytest.mark.parametrize("kind", ["line", "content", "path"])
def test_credentials_are_told_on_a_line_as_a_file_or_by_its_path(kind: str, tmp_path: Path) -> None:
    (tmp_path / "intake.creds").write_text(USER.file)
    path = str(tmp_path / "intake.creds")
    told = {"line": str(USER), "content": USER.file, "path": path}[kind]
    settings = Settings(nats_url="tls://a,b", nats_creds=told)
    addresses = parse_addresses(settings.nats_url)
    assert (str(addresses), addresses.credentials) == ("tls://a:4222,tls://b:4222", USER)
    assert USER.seed not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "nats://{user}@a,nats://{other}@b",
        "nats://lapor:secret@a",
        "nats://secret@a",
        "http://{user}@a",
        "nats://{user}@a:port",
        "nats://{user}@a:99999",
        "nats://{user}@/a",
        "nats://{user}@",
        ",",
    ],
)
def test_an_address_that_makes_no_sense_stops_the_process_and_shows_no_secret(url: str) -> None:
    with pytest.raises(ValueError, match="NATS") as refused:
        Settings(nats_url=url.format(user=USER, other=OTHER))
    assert not any(secret in str(refused.value) for secret in ("secret", USER.seed, OTHER.seed))


@pytest.mark.parametrize(
    "credentials",
    [USER.token, f":{USER.seed}", "/nowhere/intake.creds"],
    ids=["no seed", "no token", "no file"],
)
def test_credentials_that_make_no_sense_are_named_and_not_shown(credentials: str) -> None:
    with pytest.raises(ValueError, match="nats_creds") as refused:
        Settings(nats_url="nats://a", nats_creds=credentials)
    assert USER.seed not in str(refused.value)


async def test_a_user_of_another_operator_is_said_whichever_node_answers(nodes: list[Node]) -> None:
    stranger = from_variables(new_authority()).user(COMMANDS)
    with pytest.raises(BusUserUnknown):
        await connect(url_of(nodes), "test", patience=20, credentials=stranger)
