"""The relay dies after it published and before it took the rows from the outbox."""

import asyncio

import psycopg
import pytest

from shared.bus.streams import REPORTS
from tests.chaos.invariants import all_promises_are_kept, messages_of
from tests.chaos.people import People
from tests.cluster import Cluster


@pytest.mark.parametrize(
    "nats_dies_too",
    [
        pytest.param(False, id="alone"),
        pytest.param(True, id="with_nats", marks=pytest.mark.nightly),
    ],
)
async def test_what_the_dead_relay_published_is_not_published_twice(
    people: People, nats_dies_too: bool
) -> None:
    cluster = people.cluster
    async with cluster.without("relay"):
        numbers = [await people.submit() for _ in range(5)]
        before = len(await messages_of(cluster, REPORTS))
        # Somebody holds the rows, so that the relay will publish and cannot delete.
        holding = await _hold_the_outbox(cluster)
    try:
        async with asyncio.timeout(120):
            while len(await messages_of(cluster, REPORTS)) < before + len(numbers):
                await asyncio.sleep(0.1)
        cluster.kill("relay")
        await cluster.children["relay"].stop()
        # Its statement still waits in Postgres; the machine that asked is gone.
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
        with cluster.postgres.administer() as administrator:
            assert administrator.execute(ended + "'lapor-relay'").fetchall()
    finally:
        await holding.close()
    assert await _waiting(cluster) == len(numbers)
    if nats_dies_too:
        cluster.kill("nats")
        await cluster.restart("nats")
    await cluster.restart("relay")
    await all_promises_are_kept(people)
    assert len(await messages_of(cluster, REPORTS)) == before + len(numbers)


async def _hold_the_outbox(cluster: Cluster) -> psycopg.AsyncConnection[tuple[int, ...]]:
    address = cluster.settings.database_url.replace("+psycopg", "", 1)
    connection = await psycopg.AsyncConnection.connect(address)
    await connection.execute("SELECT id FROM lifecycle.outbox FOR UPDATE")
    return connection


async def _waiting(cluster: Cluster) -> int:
    return int(await cluster.value("SELECT count(*) FROM lifecycle.outbox"))
