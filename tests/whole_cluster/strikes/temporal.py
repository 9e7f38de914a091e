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

_LATEST: Final = 120.0
"""Seconds after its start within which the sweep has begun, whatever the number of runs."""
_RUNS_A_SECOND: Final = 20.0
"""Runs that the sweep makes anew at least, once it has begun, while others use the machine too."""
_ASKED_AT_ONCE: Final = 16


async def empty(crowd: Crowd, fault: Fault) -> None:
    """It ends, its files are removed, it starts: every run is made anew from its report's row."""
    whole, [name] = crowd.cluster, fault.parts
    needed = {row.number for row in await whole.rows(_OPEN)}
    async with whole.made_anew(name):
        # It writes nothing more, and is not started again until all is gone.
        whole.signal(name, signal.SIGSTOP)
        shutil.rmtree(whole.folder / name)
        whole.signal(name, signal.SIGKILL)
    slots = asyncio.Semaphore(_ASKED_AT_ONCE)
    async with asyncio.timeout(_LATEST + len(needed) / _RUNS_A_SECOND):
        await asyncio.gather(*(_has_run_or_ended(whole, number, slots) for number in needed))


async def _has_run_or_ended(whole: WholeCluster, number: int, slots: asyncio.Semaphore) -> None:
    """Wait until the report has a run, or needs none because its last step was recorded just before
    the strike. Each run is asked for by its id: to list all of them takes the server, busy with
    making them, up to a minute."""
    async with slots:
        while True:
            try:
                await whole.client.get_workflow_handle(workflow_id(number)).describe()
            except RPCError:
                if not await whole.rows(f"{_OPEN} AND number = :number", number=number):
                    return
                await asyncio.sleep(1)
            else:
                return


_OPEN = "SELECT number FROM lifecycle.report WHERE launched_at IS NOT NULL AND ended_at IS NULL"
