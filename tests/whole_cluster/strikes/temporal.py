"""Temporal's database is lost, and found empty."""

import asyncio
import shutil
import signal
from typing import Final

from temporalio.service import RPCError

from shared.temporal.names import number_of
from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.faults import Fault
from tests.whole_cluster.whole import WholeCluster

_LATEST: Final = 180.0
"""Seconds after its start within which the sweep has made all runs anew, of some thousand."""
_LOOK_EVERY: Final = 3.0


async def empty(crowd: Crowd, fault: Fault) -> None:
    """It ends, its files are removed, it starts: every run is made anew from its report's row."""
    whole, [name] = crowd.cluster, fault.parts
    needed = {row.number for row in await whole.rows(_OPEN)}
    async with whole.made_anew(name):
        whole.signal(
            name, signal.SIGSTOP
        )  # nothing is written, nor is it started, until all is gone
        shutil.rmtree(whole.folder / name)
        whole.signal(name, signal.SIGKILL)
    async with asyncio.timeout(_LATEST):
        while needed - await _running(whole, len(needed)):
            await asyncio.sleep(_LOOK_EVERY)


async def _running(whole: WholeCluster, least: int) -> set[int | None]:
    """None at all while there are fewer, or Temporal, busy with making them, does not answer:
    listing costs it more than counting, by far."""
    query = "WorkflowType = 'ReportWorkflow' AND ExecutionStatus = 'Running'"
    try:
        if (await whole.client.count_workflows(query)).count < least:
            return set()
        return {number_of(run.id) async for run in whole.client.list_workflows(query)}
    except RPCError:
        return set()


_OPEN = "SELECT number FROM lifecycle.report WHERE launched_at IS NOT NULL AND ended_at IS NULL"
