"""Events of reports, read from NATS as they happen, from any position in the stream; and, from now
on only, who opens and leaves reports."""

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
"""The most events kept for a slow or sleeping reader: some megabytes."""
PATIENCE = 5.0
"""Seconds to wait for a NATS server that is unavailable."""


@dataclass(frozen=True)
class Happened:
    """An event and its position in the stream, after which reading can continue."""

    position: int
    event: ReportEvent


@dataclass(frozen=True)
class OpenedOrLeft:
    """A report that members of staff opened or left, and the agency that handles it."""

    number: int
    handler_id: int
    staff_ids: frozenset[int]


class Reading:
    """One reader's progress through the stream. Up to `KEPT` events wait for a slow reader; later
    events are dropped, and the reading is `over` when the waiting ones have been read."""

    def __init__(self, missed: bool) -> None:
        self._messages: asyncio.Queue[Msg | OpenedOrLeft] = asyncio.Queue(KEPT)
        self._behind = False
        self.missed = missed
        """Whether some events after the requested position are no longer in the stream."""

    async def receive(self, message: Msg) -> None:
        """Take the next event from the stream."""
        self._behind |= self._messages.full()
        if not self._behind:
            self._messages.put_nowait(message)

    def pass_on(self, change: OpenedOrLeft) -> None:
        """Take a change that is not in the stream. A slow reader misses it."""
        if not self._messages.full():
            self._messages.put_nowait(change)

    @property
    def over(self) -> bool:
        """Whether this reading has no more events. The reader continues with a new reading from its
        position."""
        return self._behind and self._messages.empty()

    async def next(self, timeout: float) -> Happened | OpenedOrLeft | None:
        """Return the next event, or None if there is none for `timeout` seconds."""
        try:
            message = await asyncio.wait_for(self._messages.get(), timeout)
        except TimeoutError:
            return None
        if isinstance(message, OpenedOrLeft):
            return message
        data = decode(message.headers, message.data).get_data()
        return Happened(message.metadata.sequence.stream, ReportEvent.model_validate(data))


class LiveFeed:
    """Opens readings over one connection, which is made for the first of them."""

    def __init__(self, nats_url: str) -> None:
        self._url = nats_url
        self._lock = asyncio.Lock()
        self._bus: Bus | None = None
        self._readings: set[Reading] = set()

    @property
    def is_read(self) -> bool:
        """Whether there is any reading."""
        return bool(self._readings)

    def pass_on(self, change: OpenedOrLeft) -> None:
        """Give all readings a change that is not in the stream."""
        for reading in self._readings:
            reading.pass_on(change)

    @asynccontextmanager
    async def reading(self, after: int | None) -> AsyncIterator[Reading]:
        """Read the events after a position in the stream; without a position, only new events."""
        bus = await self.connected()
        state = (await bus.js.stream_info(REPORTS.name)).state
        # A position beyond the end belongs to an earlier stream that was lost.
        known = after is not None and after <= state.last_seq
        config = ConsumerConfig(deliver_policy=DeliverPolicy.NEW)
        if known and after is not None:
            config = ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=after + 1
            )
        reading = Reading(after is not None and (not known or after + 1 < state.first_seq))
        subscription = await bus.js.subscribe(
            REPORTS.subjects[0], cb=reading.receive, ordered_consumer=True, config=config
        )
        self._readings.add(reading)
        try:
            yield reading
        finally:
            self._readings.discard(reading)
            if not bus.nc.is_closed:
                await subscription.unsubscribe()

    async def connected(self) -> Bus:
        """Return the connection. Raises the 503 problem while NATS is unavailable."""
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
