"""Metrics of each partner: waiting messages in both directions, and when it last sent something."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nats.js.errors import NotFoundError
from prometheus_client import Gauge
from sqlalchemy import select
from sqlmodel import col

from services.intake.partners.model import Partner
from shared.bus.connection import Bus
from shared.bus.streams import INGEST_MESSAGES, INGEST_REPORTS, PARTNERS
from shared.database.engine import Database
from shared.resilience.periodic import by_itself, repeating
from shared.telemetry import registry

EVERY: Final = 15.0
"""Seconds between two measurements."""
_FROM_PARTNERS: Final = "lapor.v1.ingest.>"
_SYSTEM: Final = 3
"""The position of the partner's name in a subject: `lapor.v1.ingest.dukcapil.report`."""


@dataclass(frozen=True)
class _Look:
    """One measurement. `sent`: messages of the partner that we have not processed. `unread`:
    receipts and events that it has not read. `last_message`: Unix time of the receipt of its last
    message, as long as that is kept."""

    sent: int
    unread: int
    last_message: float | None


class PartnerMeasuring:
    """Measures every active partner in NATS; the gauges keep the latest values."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self._bus, self._database = bus, database
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        async with repeating("measuring partners", EVERY, self.once):
            await self._stopping.wait()

    def stop(self) -> None:
        self._stopping.set()

    async def once(self) -> None:
        """Measure once. A partner whose measurement fails is left out."""
        sent = await self._sent()
        looks = {
            system: await by_itself("measuring partners", system, self._look(system, sent[system]))
            for system in await self._systems()
        }
        _waiting.clear()  # no await until all are set, so nobody reads them in between
        _last_message.clear()
        for system, look in looks.items():
            if look is None:
                continue
            _waiting.labels(system, "to_us").set(look.sent)
            _waiting.labels(system, "to_partner").set(look.unread)
            if look.last_message is not None:
                _last_message.labels(system).set(look.last_message)

    async def _systems(self) -> Sequence[str]:
        async with self._database.autocommit() as connection:
            active = select(col(Partner.system)).where(col(Partner.active))
            return (await connection.execute(active)).scalars().all()

    async def _sent(self) -> Counter[str]:
        """Messages that are not processed, by partner; processed ones leave these streams."""
        waiting: Counter[str] = Counter()
        for stream in (INGEST_REPORTS, INGEST_MESSAGES):
            info = await self._bus.js.stream_info(stream.name, subjects_filter=_FROM_PARTNERS)
            for subject, number in (info.state.subjects or {}).items():
                waiting[subject.split(".")[_SYSTEM]] += number
        return waiting

    async def _look(self, system: str, sent: int) -> _Look:
        unread, last_message = 0, None
        try:
            consumer = await self._bus.js.consumer_info(PARTNERS.name, system)
            unread = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
            receipt = f"lapor.v1.partner.{system}.receipt"
            last = await self._bus.js.get_last_msg(PARTNERS.name, receipt)
            last_message = last.time.timestamp() if last.time else None
        except NotFoundError:  # no receipt within the month that receipts are kept
            pass
        return _Look(sent, unread, last_message)


_waiting = Gauge(
    "lapor_partner_waiting",
    "Messages of a partner that are not processed (to_us), receipts and events "
    "that it has not read (to_partner)",
    ["system", "direction"],
    registry=registry,
)
_last_message = Gauge(
    "lapor_partner_last_message_timestamp_seconds",
    "When the last message of a partner got its receipt, as long as receipts are kept",
    ["system"],
    registry=registry,
)
