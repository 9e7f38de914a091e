"""Processes and servers die under load: nothing is lost, nothing doubled."""

import asyncio
import signal

import pytest

from tests.chaos.invariants import all_promises_are_kept
from tests.chaos.people import People


async def test_the_worker_is_killed_in_the_middle_of_commands(people: People) -> None:
    async with people.at_work():
        for _ in range(3):
            people.cluster.kill("worker")
            await people.cluster.restart("worker")
            await asyncio.sleep(2)
    await all_promises_are_kept(people)


async def test_worker_and_relay_are_killed_together(people: People) -> None:
    async with people.at_work():
        for name in ("worker", "relay"):
            people.cluster.kill(name)
        await asyncio.gather(*map(people.cluster.restart, ("worker", "relay")))
        await asyncio.sleep(2)
    await all_promises_are_kept(people)


@pytest.mark.parametrize(
    ("server", "how"),
    [
        ("postgres", signal.SIGQUIT),  # gone at once, it recovers from its log
        pytest.param("temporal", signal.SIGKILL, marks=pytest.mark.nightly),
        pytest.param("nats", signal.SIGKILL, marks=pytest.mark.nightly),
    ],
)
async def test_a_server_dies_under_load_and_comes_back(
    people: People, server: str, how: signal.Signals
) -> None:
    before = people.put_off
    async with people.at_work():
        people.cluster.kill(server, how)
        await asyncio.sleep(0.5)
        await people.cluster.restart(server)
        await asyncio.sleep(3)
    await all_promises_are_kept(people)
    # Temporal's clients bridge a second, and nobody who asks waits for NATS.
    assert server != "postgres" or people.put_off > before
