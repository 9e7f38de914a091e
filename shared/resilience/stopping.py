"""Waiting that ends when what waits is told to stop."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stopped(Exception):
    """Told to stop before what was waited for was done."""


async def unless_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of the work. Gives it up and raises `Stopped` when the event is set first."""
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
    """Sleeps so many seconds, less when the event is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
