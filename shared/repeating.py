"""Work that a process does beside what it is for, every so often."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

log = logging.getLogger(__name__)


@asynccontextmanager
async def repeating(
    what: str, every: float, work: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """Until the block ends, do the work, and again `every` so many seconds. Trouble is logged by
    its kind, and it is tried again; what is under way at the end is given up."""
    task = asyncio.create_task(_again_and_again(what, every, work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(what: str, every: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  tried again in a while
            log.warning("%s: %s, trying again", what, type(error).__name__)
        await asyncio.sleep(every)
