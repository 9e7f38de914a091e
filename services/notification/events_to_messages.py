"""From the bus to messages: each event for each recipient and channel, once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from nats.aio.msg import Msg
from pydantic import ValidationError
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.channel_choice import Choice, choose_channel, not_in_quiet_hours
from services.notification.message_table import MessageRule, facts_of, messages_of
from services.notification.metrics import count_message
from services.notification.models import Message
from services.notification.reporters import ReporterOfReport, reporters_of
from shared.bus.cloudevents import decode
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, MessageOutcome
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage
from shared.bus.streams import NOTIFICATION
from shared.clock import now
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone
from shared.lifecycle.events import ReportEvent
from shared.privacy.identity import IdentityCipher

TOO_OLD = timedelta(days=3)
"""What happened before is told to nobody any more: this service began to read later, or its
messages could not be delivered for as long."""

Columns = dict[str, Any]


class EventsToMessages:
    """Writes the rows of messages, and sets `written` so that they are sent at once."""

    def __init__(self, database: Database, written: asyncio.Event) -> None:
        self._database, self._written = database, written

    async def take(self, messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        """Rows for these events, committed. The same event again writes nothing."""
        outcomes: list[MessageOutcome] = []
        events: list[ReportEvent] = []
        for message in messages:
            try:
                decoded = decode(message.headers, message.data)
                events.append(ReportEvent.model_validate(decoded.get_data()))
                outcomes.append(None)
            except ValidationError as error:
                outcomes.append(BadMessage.from_validation(error))
            except BadMessage as bad:
                outcomes.append(bad)
        await self._write(events)
        return outcomes

    async def _write(self, events: Sequence[ReportEvent]) -> None:
        since = now() - TOO_OLD
        told = [
            (event, rule) for event in events if event.at > since for rule in messages_of(event)
        ]
        if not told:
            return
        new: Sequence[Row[str, str, str | None]] = ()
        async with self._database.session() as session:
            numbers = {event.number for event, _ in told}
            reporters = await reporters_of(session, numbers)
            handlers = {event.handler_id for event, _ in told}
            of_agencies = select(col(AgencyEntry.id), col(AgencyEntry.zone))
            of_handlers = of_agencies.where(col(AgencyEntry.id).in_(handlers))
            zones = {row.id: row.zone for row in (await session.execute(of_handlers)).all()}
            # Told before, perhaps by another channel: contacts may have changed since.
            keys = col(Message.number), col(Message.version), col(Message.recipient)
            before = select(*keys).where(col(Message.number).in_(numbers))
            known = {tuple(row) for row in (await session.execute(before)).all()}
            rows = [
                _row(event, rule, reporters[event.number], Zone(zones[event.handler_id]))
                for event, rule in told
                if event.number in reporters
                and (event.number, event.version, rule.audience.value) not in known
            ]
            if rows:
                once = insert(Message).values(rows).on_conflict_do_nothing(index_elements=["key"])
                counted = col(Message.channel), col(Message.state), col(Message.reason)
                new = (await session.execute(once.returning(*counted))).all()
        for channel, state, reason in new:
            count_message(channel, state, reason)
        self._written.set()


def reader(
    bus: Bus, database: Database, cipher: IdentityCipher, events: EventsToMessages
) -> Consumer:
    """What has each event of the bus become messages."""
    bury = to_dead_letters(bus, database, cipher, NOTIFICATION.stream)
    return Consumer(bus, NOTIFICATION, events.take, bury)


def _row(event: ReportEvent, rule: MessageRule, reporter: ReporterOfReport, zone: Zone) -> Columns:
    at = now()
    choice = choose_channel(reporter.contacts, rule.kind, discreet=reporter.discreet, at=at)
    return message_row(
        reporter,
        choice,
        zone,
        version=event.version,
        event=event.event,
        template=rule.template,
        recipient=rule.audience.value,
        facts=facts_of(event, reporter.question_until) | {"kind": rule.kind.value},
    )


def message_row(reporter: ReporterOfReport, choice: Choice, zone: Zone, **columns: Any) -> Columns:
    """The row of a message by the channel that was chosen: queued, or skipped for a reason."""
    at = now()
    key = f"{reporter.number}.{columns['version']}.{columns['recipient']}.{choice.channel}"
    row: Columns = columns | {
        "id": uuid4(),
        "key": key,
        "number": reporter.number,
        "channel": choice.channel,
        "contact_id": None,
        "state": "skipped" if choice.skipped else "queued",
        "reason": choice.skipped,
        "created_at": at,
        "not_before": not_in_quiet_hours(at, zone) if choice.channel == "sms" else at,
        "finished_at": at if choice.skipped else None,
    }
    if choice.channel != "none":
        row["contact_id"] = reporter.contact_ids.get(choice.channel)
    return row
