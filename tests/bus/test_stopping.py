"""What waits ends when it is told to stop, and gives up what it waited for."""

import asyncio

import pytest

from shared.resilience.stopping import Stopped, pause, unless_stopped


async def test_work_that_is_done_first_gives_its_result_or_its_error() -> None:
    async def answer() -> int:
        return 7

    async def fail() -> None:
        raise LookupError

    assert await unless_stopped(asyncio.Event(), answer()) == 7
    with pytest.raises(LookupError):
        await unless_stopped(asyncio.Event(), fail())


async def test_told_to_stop_the_work_is_given_up() -> None:
    stopping, given_up = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        stopping.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    with pytest.raises(Stopped):
        await unless_stopped(stopping, endless())
    assert given_up.is_set()


async def test_whoever_waits_may_be_cancelled_and_leaves_nothing_behind() -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    waiting = asyncio.create_task(unless_stopped(asyncio.Event(), endless()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asyncio.all_tasks() == before


async def test_a_pause_ends_at_once_when_told_to_stop() -> None:
    stopping = asyncio.Event()
    stopping.set()
    async with asyncio.timeout(120):
        await pause(3600, stopping)
