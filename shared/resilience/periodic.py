"""Work that a process does beside what it is for, every so often."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

from prometheus_client import Counter
from temporalio.service import RPCError

from shared.resilience.away import DATABASE_AWAY
from shared.resilience.reasons import reason
from shared.telemetry import registry

log = logging.getLogger(__name__)

Result = TypeVar("Result")


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


_AWAY: Final = (*DATABASE_AWAY, RPCError, OSError)


def is_away(error: BaseException) -> bool:
    """Whether this is raised while a server is away. A Temporal client that never connected
    raises RuntimeError itself; its kinds (RecursionError, NotImplementedError) are defects."""
    return isinstance(error, _AWAY) or type(error) is RuntimeError


async def by_itself(loop: str, what: object, work: Coroutine[Any, Any, Result]) -> Result | None:
    """Do one thing of many: its trouble is said in log and metric, and is not the others'. None
    where it did not go well."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  whatever it is, the others go on
        note_failure(loop, what, error)
    return None


def note_failure(loop: str, what: object, error: Exception) -> None:
    """Say that one thing of many waits, for a server that is away, or is left aside."""
    if is_away(error):
        log.warning("%s: %s waits: %s", loop, what, reason(error))
    else:
        count_set_aside(loop, type(error).__name__, what)


def count_set_aside(loop: str, why: str, what: object = "") -> None:
    """Say in log and metric that a loop left one thing aside and went on with the next: `why`
    is a code or a kind of error, `what` an id, never words."""
    _set_aside.labels(loop, why).inc()
    log.error("%s: set aside %s: %s", loop, what, why)


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
