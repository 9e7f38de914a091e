"""Makes the standby the primary, and the former primary its standby."""

import asyncio
import signal
from collections.abc import Callable

import psutil

from deploy.cluster.layout import POSTGRES
from deploy.cluster.postgres_node import PostgresNode, appoint, primary_of
from deploy.credentials import load_or_create
from deploy.errors import StackError
from shared.settings import Addresses


def node_of(addresses: Addresses, name: str, password: str, *, synchronous: bool) -> PostgresNode:
    """Return a node with the addresses of a cluster."""
    ports = dict(
        zip(
            POSTGRES,
            (int(server.rpartition(":")[2]) for server in addresses.postgres_servers.split(",")),
            strict=True,
        )
    )
    [other] = (port for node, port in ports.items() if node != name)
    return PostgresNode(
        addresses.data_dir,
        name,
        password=password,
        port=ports[name],
        other=other,
        host=addresses.host,
        synchronous=synchronous,
    )


async def promote(addresses: Addresses, say: Callable[[str], None], *, kill: bool = False) -> str:
    """Promote the standby and return its name; it takes commands when this returns.

    The former primary is ended first, so that two never take commands; its supervisor starts it
    again as the standby. With `kill` it ends like a machine that loses its power. Raises StackError
    if there is no standby that has everything.
    """
    former = primary_of(addresses.data_dir)
    [name] = (node for node in POSTGRES if node != former)
    password = load_or_create(addresses.data_dir).postgres
    primary, standby = (
        node_of(addresses, each, password, synchronous=True) for each in (former, name)
    )
    if not await standby.answers():
        raise StackError(f"{name} does not run: it can take over when it does.")
    if await primary.answers() and await asyncio.to_thread(primary.sync_state) is None:
        raise StackError(f"{name} does not follow {former} yet: wait until it does.")
    appoint(addresses.data_dir, name)
    say(f"{former} ends")
    await asyncio.to_thread(_end, primary, signal.SIGKILL if kill else signal.SIGINT)
    await asyncio.to_thread(standby.promote)
    say(f"{name} is the primary")
    return name


def _end(node: PostgresNode, how: signal.Signals) -> None:
    """End a node and wait until no process of it is left. A fast shutdown first sends the standby
    everything."""
    pid = node.running_pid()
    if pid is None:
        return
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        for each in family if how is signal.SIGKILL else [process]:
            each.send_signal(how)
    except psutil.NoSuchProcess:
        return
    _, left = psutil.wait_procs(family, timeout=30)
    for each in left:
        each.kill()
    psutil.wait_procs(left, timeout=5)
