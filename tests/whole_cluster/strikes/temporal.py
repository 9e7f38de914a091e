"""Temporal's database is lost, and found empty."""

import asyncio
import shutil
import signal
from typing import Final

from temporalio.service import RPCError

from shared.temporal.names import workflow_id
from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault
from tests.whole_cluster.whole import WholeCluster

_LATEST: Final = 180.0
"""Seconds after its start within which the sweep has made all runs anew, of some thousand."""


async def empty(crowd: Crowd, fault: Fault) -> None:
    """It ends, its files are removed, it starts: every run is made anew from its report's row."""
    whole, [name] = crowd.cluster, fault.parts
    needed = {row.number for row in await whole.rows(_OPEN)}
    async with whole.made_anew(name):
        # It writes nothing more, and is not started again until all is gone.
        whole.signal(name, signal.SIGSTOP)
        shutil.rmtree(whole.folder / name)
        whole.signal(name, signal.SIGKILL)
    async with asyncio.timeout(_LATEST):
        while needed:
            needed -= {number for number in needed if await _is_there(whole, number)}
            await asyncio.sleep(1)


async def _is_there(whole: WholeCluster, number: int) -> bool:
    """By its id: to list all of them takes the server, busy with making them, up to a minute."""
    try:
        await whole.client.get_workflow_handle(workflow_id(number)).describe()
    except RPCError:
        return False
    return True


_OPEN = "SELECT number FROM lifecycle.report WHERE launched_at IS NOT NULL AND ended_at IS NULL"
