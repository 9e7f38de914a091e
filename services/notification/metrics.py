"""Metrics of messages for operators: how many ended in which way, and how long the oldest has
waited."""

from typing import Literal

from prometheus_client import Counter, Gauge
from sqlalchemy import and_, func, not_, select
from sqlmodel import col

from services.notification.models import Message
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.calendar import Zone
from shared.telemetry import registry

_messages = Counter(
    "lapor_notifications",
    "Messages to people that were written (queued) or have ended, by channel and reason",
    ["channel", "state", "reason"],
    registry=registry,
)
_waiting = Gauge(
    "lapor_notifications_waiting",
    "Messages that should have been sent by now",
    ["channel"],
    registry=registry,
)
_oldest = Gauge(
    "lapor_notifications_oldest_seconds",
    "For how long the oldest of them should have been sent",
    ["channel"],
    registry=registry,
)

_mornings = Counter(
    "lapor_digest_mornings",
    "Mornings of a zone of which all digests were written, or none was due",
    ["zone", "outcome"],
    registry=registry,
)
for _zone in Zone:  # created at the start, so that the first one counts as an increase
    for _outcome in ("written", "not_due"):
        _mornings.labels(_zone, _outcome)


def count_message(channel: str, state: str, reason: str | None) -> None:
    _messages.labels(channel, state, reason or "").inc()


def count_morning(zone: Zone, outcome: Literal["written", "not_due"]) -> None:
    _mornings.labels(zone, outcome).inc()


async def measure(database: Database) -> None:
    """Set the gauges. Messages that are not due yet (quiet hours) are not counted."""
    quiet = and_(col(Message.attempts) == 0, col(Message.not_before) > now())
    counts = (
        select(col(Message.channel), func.count(), func.min(col(Message.created_at)))
        .where(col(Message.state) == "queued", not_(quiet))
        .group_by(col(Message.channel))
    )
    async with database.autocommit() as connection:
        rows = {row[0]: (row[1], row[2]) for row in (await connection.execute(counts)).all()}
    for channel in ("email", "sms"):
        count, oldest = rows.get(channel, (0, None))
        _waiting.labels(channel).set(count)
        _oldest.labels(channel).set((now() - oldest).total_seconds() if oldest else 0)
