"""Reads events from the bus and writes messages: once for each recipient and channel."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from nats.aio.msg import Msg
from pydantic import ValidationError
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.bell.acting import read_by_acting
from services.notification.contacts.first_codes import FirstCodes
from services.notification.contacts.reporters import (
    ReporterOfReport,
    forget_discreet,
    reporters_of,
)
from services.notification.events.message_rows import Columns, message_row
from services.notification.messages.channel_choice import choose_channel
from services.notification.messages.staff_table import staff_messages_of
from services.notification.messages.table import (
    MessageKind,
    MessageRule,
    facts_for_reporter,
    messages_of,
)
from services.notification.metrics import count_message
from services.notification.models import Message
from services.notification.staff.messages import notify_staff
from shared.bus.cloudevents import decode
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, MessageOutcome
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage
from shared.bus.streams import NOTIFICATION
from shared.clock import now
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.events import ReportEvent
from shared.privacy.identity import IdentityCipher

TOO_OLD = timedelta(days=3)
"""Older events send no messages. They come when this service starts to read later, or when its
messages could not be delivered for that long."""

FLAGGING = frozenset({Action.VERIFY, Action.AMEND})
"""The actions by which staff can make a report anonymous or secret."""


class EventsToMessages:
    """Writes the rows of messages, and sets `written` so that they are sent at once."""

    def __init__(self, database: Database, first_codes: FirstCodes, written: asyncio.Event) -> None:
        self._database, self._first_codes, self._written = database, first_codes, written

    async def take(self, messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        """Write and commit the messages for these events. The same event again writes nothing."""
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
        await self._first_codes.send(events)
        await self._forget_offers(events)
        await self._write(events)
        return outcomes

    async def _forget_offers(self, events: Sequence[ReportEvent]) -> None:
        """Remove the offers of reports that became anonymous or secret, however old the event is.
        Nobody else did it while this service was away."""
        numbers = {event.number for event in events if event.action in FLAGGING}
        if numbers:
            async with self._database.session() as session:
                await forget_discreet(session, numbers)

    async def _write(self, events: Sequence[ReportEvent]) -> None:
        since = now() - TOO_OLD
        recent = [event for event in events if event.at > since]
        to_staff = [(event, rule) for event in recent for rule in staff_messages_of(event)]
        to_reporters = [(event, rule) for event in recent for rule in messages_of(event)]
        if not (to_reporters or to_staff):
            async with self._database.session() as session:
                await read_by_acting(session, events)
            return
        new: Sequence[Row[str, str, str | None]] = ()
        async with self._database.session() as session:
            numbers = {event.number for event, _ in to_reporters}
            reporters = await reporters_of(session, numbers)
            handlers = {event.handler_id for event, _ in to_reporters}
            of_agencies = select(col(AgencyEntry.id), col(AgencyEntry.zone))
            of_handlers = of_agencies.where(col(AgencyEntry.id).in_(handlers))
            zones = {row.id: row.zone for row in (await session.execute(of_handlers)).all()}
            # Skip what was written before, perhaps for another channel: contacts may have changed
            # since.
            keys = col(Message.number), col(Message.version), col(Message.recipient)
            before = select(*keys).where(col(Message.number).in_(numbers))
            known = {tuple(row) for row in (await session.execute(before)).all()}
            rows = [
                _row(event, rule, reporters[event.number], Zone(zones[event.handler_id]))
                for event, rule in to_reporters
                if event.number in reporters
                and (event.number, event.version, rule.audience.value) not in known
            ]
            if rows:
                once = insert(Message).values(rows).on_conflict_do_nothing(index_elements=["key"])
                counted = col(Message.channel), col(Message.state), col(Message.reason)
                new = (await session.execute(once.returning(*counted))).all()
            await notify_staff(session, to_staff)
            await read_by_acting(session, events)
        for channel, state, reason in new:
            count_message(channel, state, reason)
        self._written.set()


def reader(
    bus: Bus, database: Database, cipher: IdentityCipher, events: EventsToMessages
) -> Consumer:
    """The consumer that turns each event of the bus into messages."""
    bury = to_dead_letters(bus, database, cipher, NOTIFICATION.stream)
    return Consumer(bus, NOTIFICATION, events.take, bury)


def _row(event: ReportEvent, rule: MessageRule, reporter: ReporterOfReport, zone: Zone) -> Columns:
    at = now()
    kind = MessageKind(rule.kind)
    choice = choose_channel(reporter.contacts, kind, discreet=reporter.discreet, at=at)
    return message_row(
        reporter,
        choice,
        zone,
        version=event.version,
        event=event.event,
        template=rule.template,
        recipient=rule.audience.value,
        facts=facts_for_reporter(event, reporter.question_until) | {"kind": rule.kind.value},
    )
