"""Postgres: the standby takes over, a node's disk stands still, all connections are used up."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack, suppress
from typing import Final

import psutil
import psycopg

from deploy.cluster.postgres_node import PostgresNode, primary_of
from deploy.local.postgres import OWNER
from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault
from tests.whole_cluster.whole import WholeCluster

_AT_ONCE: Final = 16


async def promote(crowd: Crowd, fault: Fault) -> None:
    await crowd.cluster.promote(kill=fault.kind == "promote and kill")


async def stall(crowd: Crowd, fault: Fault) -> None:
    """As where its disk answers nothing for a while: whatever writes or syncs stands still (the
    backends, those that come meanwhile, what writes the log or the files, sends or receives the
    log), while the server goes on to let clients in. Frozen processes, no disk."""
    [name] = fault.parts
    server = psutil.Process(crowd.cluster.children[name].pid)
    still: dict[int, psutil.Process] = {}
    until = time.monotonic() + fault.seconds
    try:
        while time.monotonic() < until:
            for each in server.children(recursive=True):
                if each.pid not in still:
                    still[each.pid] = each
                    _signal(each, signal.SIGSTOP)
            await asyncio.sleep(0.1)
    finally:
        for each in still.values():
            _signal(each, signal.SIGCONT)


async def use_up_connections(crowd: Crowd, fault: Fault) -> None:
    """Somebody holds all that the server gives to ordinary roles, also what becomes free; a process
    that is killed meanwhile begins without any."""
    primary, [name] = _primary(crowd.cluster), fault.parts
    url = primary.url(OWNER, crowd.cluster.credentials.roles[OWNER])
    address = url.replace("+psycopg", "")
    async with crowd.cluster.made_anew(name), AsyncExitStack() as held:
        await _hold_all(held, address, time.monotonic())
        crowd.cluster.signal(name, signal.SIGKILL)
        await _hold_all(held, address, time.monotonic() + fault.seconds)


async def until_followed(whole: WholeCluster) -> None:
    """Until the standby streams again: before that it cannot take over, nor commits be answered."""
    async with asyncio.timeout(240):
        while True:
            primary = _primary(whole)
            if await primary.answers():
                state = await asyncio.to_thread(primary.sync_state)
                if state is not None:
                    return
            await asyncio.sleep(0.2)


async def _hold_all(held: AsyncExitStack, address: str, until: float) -> None:
    """Until none is left, and that time is over."""
    while True:
        tries = (psycopg.AsyncConnection.connect(address) for _ in range(_AT_ONCE))
        made = await asyncio.gather(*tries, return_exceptions=True)
        for connection in made:
            if isinstance(connection, psycopg.AsyncConnection):
                held.push_async_callback(connection.close)
            elif not isinstance(connection, psycopg.OperationalError):
                raise connection
        if isinstance(made[-1], psycopg.OperationalError):
            if time.monotonic() > until:
                return
            await asyncio.sleep(0.1)


def _primary(whole: WholeCluster) -> PostgresNode:
    return whole.stack.node(primary_of(whole.folder), whole.credentials)


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(how)
