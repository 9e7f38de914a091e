"""Which nodes lead at the moment: Postgres's primary, the active relay, NATS's streams."""

import asyncio
from collections import Counter
from pathlib import Path

import psutil
import psycopg
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from deploy.cluster.layout import NATS, names_of
from deploy.cluster.postgres_node import primary_of
from deploy.local.child import Child
from shared.bus.connection import Bus, connect
from shared.bus.streams import STREAMS
from shared.database.address import connection_string
from shared.settings import Settings

ROLE = "lapor_relay"
"""Only this role sees the address from which the relay is connected."""
NOBODY = "nobody at the moment"


async def leaders(settings: Settings) -> dict[str, str]:
    """Return what is led, and by whom. `settings` are of the role `ROLE`."""
    of_postgres, of_streams = await asyncio.gather(_of_postgres(settings), _of_streams(settings))
    return of_postgres | of_streams


async def _of_postgres(settings: Settings) -> dict[str, str]:
    try:
        address = connection_string(settings.database_url, "lapor-leaders")
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            row = await (await connection.execute(_RELAY)).fetchone()
    except psycopg.Error:
        return {"Postgres": NOBODY, "relay": NOBODY}
    carries = _owner_of(settings.data_dir, int(row[0])) if row is not None else None
    return {"Postgres": primary_of(settings.data_dir), "relay": carries or NOBODY}


async def _of_streams(settings: Settings) -> dict[str, str]:
    try:
        bus = await connect(settings.nats_url, "leaders", patience=5)
    except TimeoutError:
        return {stream.name: NOBODY for stream in STREAMS}
    try:
        led = await asyncio.gather(*(_leader_of(bus, stream.name) for stream in STREAMS))
    finally:
        await bus.close()
    return {stream.name: leader for stream, leader in zip(STREAMS, led, strict=True)}


async def _leader_of(bus: Bus, stream: str) -> str:
    try:
        cluster = (await bus.js.stream_info(stream)).cluster
    except (NatsError, JetStreamError):
        return NOBODY
    if cluster is None or cluster.leader is None:
        return NOBODY
    current = sum(bool(replica.current) for replica in cluster.replicas or ())
    behind = len(NATS) - 1 - current
    return cluster.leader + (f", {behind} of {len(NATS)} nodes behind" if behind else "")


def summary(led: dict[str, str]) -> list[str]:
    """Return the leaders as lines for the screen, with the number of streams that each node
    leads."""
    streams = Counter(led[stream.name] for stream in STREAMS)
    of_streams = ", ".join(f"{count} by {node}" for node, count in sorted(streams.items()))
    return [
        f"Postgres's primary is {led['Postgres']}",
        f"the outbox is carried by {led['relay']}",
        f"NATS's {len(STREAMS)} streams are led: {of_streams}",
    ]


def _owner_of(data_dir: Path, port: int) -> str | None:
    """Return the relay that has a connection from this port."""
    for name in names_of("relay"):
        try:
            pid = Child(name, data_dir).running_pid()
            opened = psutil.Process(pid).net_connections("tcp") if pid is not None else []
        except psutil.Error:
            continue
        if port in [each.laddr.port for each in opened]:
            return name
    return None


_RELAY = """
SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'lapor-relay'
"""
