"""What happens to reports, read from the bus as it happens, from any position in the stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import ConsumerConfig, DeliverPolicy

from shared.bus.cloudevents import decode
from shared.bus.connection import Bus, connect
from shared.bus.streams import REPORTS
from shared.http.problems import unavailable
from shared.lifecycle.events import ReportEvent

KEPT = 10_000
"""Events for a reader who is slow, or asleep: some megabytes."""
PATIENCE = 5.0
"""Seconds to wait for a NATS server that is away."""


@dataclass(frozen=True)
class Happened:
    """An event and its position in the stream, by which reading goes on after it."""

    position: int
    event: ReportEvent


class Reading:
    """One reader's way through the stream. Of events that the reader does not take, `KEPT` are
    kept; then nothing more, and with the last of these the reading is `over`."""

    def __init__(self, missed: bool) -> None:
        self._messages: asyncio.Queue[Msg] = asyncio.Queue(KEPT)
        self._behind = False
        self.missed = missed
        """What followed the position asked for is not in the stream any more, or not all of it."""

    async def hear(self, message: Msg) -> None:
        """A further event."""
        self._behind |= self._messages.full()
        if not self._behind:
            self._messages.put_nowait(message)

    @property
    def over(self) -> bool:
        """There is nothing more here; the reader goes on in another reading, from its position."""
        return self._behind and self._messages.empty()

    async def next(self, timeout: float) -> Happened | None:
        """The next event, None if there is none for `timeout` seconds."""
        try:
            message = await asyncio.wait_for(self._messages.get(), timeout)
        except TimeoutError:
            return None
        data = decode(message.headers, message.data).get_data()
        return Happened(message.metadata.sequence.stream, ReportEvent.model_validate(data))


class LiveFeed:
    """Opens readings over one connection, made at the first."""

    def __init__(self, nats_url: str) -> None:
        self._url = nats_url
        self._lock = asyncio.Lock()
        self._bus: Bus | None = None

    @asynccontextmanager
    async def reading(self, after: int | None) -> AsyncIterator[Reading]:
        """Read on after a position in the stream, without one from now on."""
        bus = await self.connected()
        state = (await bus.js.stream_info(REPORTS.name)).state
        # A position beyond the end is of another stream, one that was lost.
        known = after is not None and after <= state.last_seq
        config = ConsumerConfig(deliver_policy=DeliverPolicy.NEW)
        if known and after is not None:
            config = ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=after + 1
            )
        reading = Reading(after is not None and (not known or after + 1 < state.first_seq))
        subscription = await bus.js.subscribe(
            REPORTS.subjects[0], cb=reading.hear, ordered_consumer=True, config=config
        )
        try:
            yield reading
        finally:
            if not bus.nc.is_closed:
                await subscription.unsubscribe()

    async def connected(self) -> Bus:
        """The connection. 503 while NATS is away."""
        try:
            async with self._lock:
                if self._bus is None:
                    self._bus = await connect(self._url, "reporting", patience=PATIENCE)
            await self._bus.nc.flush(timeout=2)
        except (OSError, NatsError):
            raise unavailable() from None
        return self._bus

    async def close(self) -> None:
        """End all readings."""
        if self._bus is not None:
            await self._bus.close()
