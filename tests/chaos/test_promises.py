"""The check itself sees what is broken."""

import asyncio

import pytest
from temporalio.client import WorkflowExecutionStatus

from shared.bus.connection import connect
from tests.chaos.invariants import all_promises_are_kept
from tests.chaos.people import People

BREAKING = [
    "DELETE FROM lifecycle.history WHERE number = {n} AND entry = 2",
    "UPDATE lifecycle.report SET status = 'VERIFIED' WHERE number = {n}",
    "UPDATE intake.submission SET number = -number WHERE number = {n}",
]
MENDING = [
    "INSERT INTO lifecycle.history SELECT (kept).* FROM kept",
    "UPDATE lifecycle.report SET status = state->>'status' WHERE number = {n}",
    "UPDATE intake.submission SET number = -number WHERE number = -{n}",
]


@pytest.mark.parametrize(("breaking", "mending"), list(zip(BREAKING, MENDING, strict=True)))
async def test_a_row_that_was_tampered_with_is_seen(
    people: People, breaking: str, mending: str
) -> None:
    number = await people.in_process()
    await all_promises_are_kept(people)
    with people.cluster.postgres.administer("lapor") as administrator:
        administrator.execute(
            "CREATE TEMPORARY TABLE kept AS SELECT h AS kept FROM lifecycle.history h"
            " WHERE number = %s AND entry = 2",
            (number,),
        )
        administrator.execute("SET session_replication_role = replica")
        administrator.execute(breaking.format(n=number).encode())
        try:
            with pytest.raises(AssertionError):
                await all_promises_are_kept(people)
        finally:
            administrator.execute(mending.format(n=number).encode())
    await all_promises_are_kept(people)


@pytest.mark.nightly
@pytest.mark.timeout(400)
async def test_a_lost_run_is_seen(people: People) -> None:
    number = await people.in_process()
    handle = people.cluster.client.get_workflow_handle(f"report-{number}")
    async with people.cluster.without("worker"):  # whose sweep would bring it back
        await handle.terminate()
        with pytest.raises(TimeoutError):
            await all_promises_are_kept(people)
    async with asyncio.timeout(90):
        while (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
            await asyncio.sleep(0.3)
    await all_promises_are_kept(people)


async def test_an_event_told_twice_is_seen(people: People) -> None:
    """Last in this file: a stream cannot be mended by a service, only by its owner."""
    number = await people.in_process()
    await all_promises_are_kept(people)
    bus = await connect(people.cluster.settings.nats_url, "test", patience=10)
    subject = "lapor.v1.report.overdue"
    sent = await bus.publish(subject, b"{}", msg_id=f"{number}.2.{subject}", headers={})
    with pytest.raises(AssertionError):
        await all_promises_are_kept(people)
    assert await bus.js.delete_msg("REPORTS", sent.seq)
    await bus.close()
    await all_promises_are_kept(people)
