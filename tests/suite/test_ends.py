"""The loop of a run ends, whatever a library makes of being told to."""

import asyncio

import pytest


async def _deaf_once() -> None:
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        await asyncio.sleep(3600)


@pytest.mark.timeout(60)
def test_a_task_that_does_not_hear_it_is_told_again() -> None:
    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(_deaf_once())
        await asyncio.sleep(0)
        return task

    with asyncio.Runner() as runner:
        task = runner.run(begin())
    assert task.cancelled()
