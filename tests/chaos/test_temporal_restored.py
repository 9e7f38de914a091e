"""Temporal's database is lost, or comes back older than Postgres: nothing lost, nothing doubled."""

import asyncio
import shutil
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.chaos.invariants import all_promises_are_kept
from tests.chaos.people import REASON, People
from tests.cluster import ABOVE, Cluster


@pytest.mark.parametrize(
    "empty",
    [
        pytest.param(False, id="older_than_postgres"),
        # The mechanism is tried every time in tests/workflows/test_sweeping.py.
        pytest.param(True, id="empty", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.timeout(400)
async def test_temporal_is_restored_beside_a_newer_postgres(
    people: People, tmp_path: Path, empty: bool
) -> None:
    cluster = people.cluster
    database, backup = cluster.folder / "temporal", tmp_path / "temporal"
    went_on, ended = await people.in_process(), await people.in_process()
    verified_only = await people.submit()
    async with cluster.without("temporal"):
        shutil.copytree(database, backup)
    await people.close(ended)
    await people.close(went_on)
    await people.does("followup", went_on, "reopen", ABOVE, REASON)
    await people.verify(verified_only)
    unknown_to_temporal = await people.in_process()
    async with cluster.without("temporal"):
        shutil.rmtree(database)
        if empty:
            database.mkdir()
        else:
            shutil.copytree(backup, database)
    # What each run remembers is behind its row: it decides anew from the row.
    await people.follow_up(went_on)
    await people.follow_up(verified_only)
    await _run_is_there(cluster, unknown_to_temporal)
    await people.close(unknown_to_temporal)
    await all_promises_are_kept(people)


async def _run_is_there(cluster: Cluster, number: int) -> None:
    handle = cluster.client.get_workflow_handle(f"report-{number}")
    async with asyncio.timeout(150):
        while True:
            try:
                if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                    return
            except RPCError:
                pass  # not yet
            await asyncio.sleep(0.5)
