"""Reading the bus beside serving HTTP: begins when NATS is there, ends with the service."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

from shared.bus.connection import Bus, Refused, connect

log = logging.getLogger(__name__)

_GRACE: Final = 10.0
_AGAIN: Final = 5.0


class Runs(Protocol):
    """A `Consumer`, a `Watch`."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


@asynccontextmanager
async def in_background(
    nats_url: str, name: str, readers: Callable[[Bus], Sequence[Runs]]
) -> AsyncIterator[None]:
    """Connects as `name` however late NATS comes, and runs the readers made of the connection.

    At the end what is in work is finished, for some seconds; the rest comes again.
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
    stop = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            connecting = asyncio.create_task(connect(nats_url, name))
            try:
                await asyncio.wait({connecting, stop}, return_when=asyncio.FIRST_COMPLETED)
                if connecting.done():
                    await _run(connecting.result(), readers, stop)
            except Refused:
                log.exception("nothing is read from NATS until this is put right")
            except Exception:  # whatever it is, the service goes on and reading begins again
                log.exception("reading from NATS ended unexpectedly, beginning again")
            finally:
                connecting.cancel()
                await asyncio.wait({connecting})
            await asyncio.wait({stop}, timeout=_AGAIN)
    finally:
        stop.cancel()


async def _run(
    bus: Bus, readers: Callable[[Bus], Sequence[Runs]], stop: "asyncio.Task[bool]"
) -> None:
    try:
        working = readers(bus)
        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(reader.run()) for reader in working}
            await asyncio.wait({stop, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for reader in working:
                reader.stop()
    finally:
        await bus.close()
