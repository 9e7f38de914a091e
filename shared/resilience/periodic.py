"""Work that a process repeats beside its main task."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from shared.resilience.away import DATABASE_AWAY
from shared.resilience.reasons import reason
from shared.resilience.set_aside import count_set_aside

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@asynccontextmanager
async def repeating(
    what: str, every: float, work: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """Repeat the work until the block ends, with `every` seconds between.

    Errors are logged by their kind and the work is tried again; work under way at the end is
    cancelled.
    """
    task = asyncio.create_task(_again_and_again(what, every, work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def is_away(error: BaseException) -> bool:
    """Whether the error means that a server is away.

    A Temporal client that never connected raises RuntimeError itself; its subclasses
    (RecursionError, NotImplementedError) are defects.
    """
    if isinstance(error, (*DATABASE_AWAY, OSError)) or type(error) is RuntimeError:
        return True
    # Temporal's SDK is 24 MB that only a process that uses it has loaded.
    service = sys.modules.get("temporalio.service")
    return service is not None and isinstance(error, service.RPCError)


async def by_itself(loop: str, what: object, work: Coroutine[Any, Any, Result]) -> Result | None:
    """Do one thing of many: its error is logged and counted, and does not stop the others.

    Returns None if it failed.
    """
    try:
        return await work
    except Exception as error:  # noqa: BLE001  whatever it is, the others go on
        note_failure(loop, what, error)
    return None


def note_failure(loop: str, what: object, error: Exception) -> None:
    """Log and count that one thing waits for a server that is away, or is left aside."""
    if is_away(error):
        log.warning("%s: %s waits: %s", loop, what, reason(error))
    else:
        count_set_aside(loop, type(error).__name__, what)


async def _again_and_again(what: str, every: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  tried again in a while
            log.warning("%s: %s, trying again", what, reason(error))
        await asyncio.sleep(every)
