"""Reads the bus beside serving HTTP: starts when NATS is there, ends with the service."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.resilience.stopping import Stopped, pause, unless_stopped

log = logging.getLogger(__name__)

_GRACE: Final = 10.0
_AGAIN: Final = 5.0


class Runs(Protocol):
    """Something that runs until stopped, such as a `Consumer` or a `Watch`."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


@asynccontextmanager
async def in_background(
    nats_url: str, name: str, readers: Callable[[Bus], Sequence[Runs]]
) -> AsyncIterator[None]:
    """Connect as `name` as soon as NATS is there, and run the readers made of the connection.

    At the end, messages under way get some seconds to finish; the rest comes again.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_read(nats_url, name, readers, stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait({task}, timeout=_GRACE)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _read(
    nats_url: str, name: str, readers: Callable[[Bus], Sequence[Runs]], stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        try:
            bus = await unless_stopped(stopping, connect(nats_url, name))
            try:
                await _run_until(stopping, *readers(bus))
            finally:
                await bus.close()
        except Stopped:
            return
        except BusUserUnknown:
            log.exception("nothing is read from NATS until this is put right")
        except Exception:  # whatever it is, the service goes on and reading begins again
            log.exception("reading from NATS ended unexpectedly, beginning again")
        await pause(_AGAIN, stopping)


async def _run_until(stopping: asyncio.Event, *consumers: Runs) -> None:
    """Run the consumers until the event is set or one of them ends.

    Messages under way are finished.
    """
    async with asyncio.TaskGroup() as group:
        running = {group.create_task(consumer.run()) for consumer in consumers}
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({stop, *running}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for consumer in consumers:
            consumer.stop()
