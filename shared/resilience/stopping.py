"""Waiting that ends when the waiting process is told to stop."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stopped(Exception):
    """The process was told to stop before the awaited work was done."""


async def unless_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of the work. If the event is set first, cancels the work and raises `Stopped`."""
    working, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Stopped
    finally:
        working.cancel()
        stop.cancel()
        await asyncio.wait({working, stop})


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Sleep for so many seconds, or less if the event is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
