"""Work that a process does beside what it is for, every so often."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from prometheus_client import Counter

from shared.reasons import reason
from shared.telemetry import registry

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


def count_set_aside(loop: str, reason: str, what: object = "") -> None:
    """Say in log and metric that a loop left one thing aside and went on with the next: `reason`
    is a code or a kind of error, `what` an id, never words."""
    _set_aside.labels(loop, reason).inc()
    log.error("%s: set aside %s: %s", loop, what, reason)


_set_aside = Counter(
    "lapor_set_aside",
    "Things that a background loop could not handle and left aside, to go on with the others",
    ["loop", "reason"],
    registry=registry,
)


async def _again_and_again(what: str, every: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  tried again in a while
            log.warning("%s: %s, trying again", what, reason(error))
        await asyncio.sleep(every)
