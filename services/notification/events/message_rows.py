"""Builds the row of a message to a reporter, for an event, or again when it was not delivered."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.reporters import ReporterOfReport, reporters_of
from services.notification.messages.channel_choice import (
    Choice,
    choose_channel,
    not_in_quiet_hours,
    zone_of_reporter,
)
from services.notification.messages.table import Audience, MessageKind
from services.notification.metrics import count_message
from services.notification.models import Message
from services.notification.outgoing.to_reporters import CODE
from shared.clock import now
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone

Columns = dict[str, Any]

RECENT = timedelta(days=3)
"""Older news is not sent to a contact that is proven or called safe now; the report's page shows
it."""
_UP_TO_THEM = frozenset(
    {
        *("unproven", "lapsed", "undeliverable"),
        *("stopped", "muted", "channel_off", "sms_not_chosen"),
    }
)
"""Reasons why news was not sent that the reporter can end."""


def message_row(reporter: ReporterOfReport, choice: Choice, zone: Zone, **columns: Any) -> Columns:
    """The row of a message for the chosen channel: queued, or skipped with a reason. `zone`: of the
    agency that handled the report at the time of the event."""
    at, zone = now(), zone_of_reporter(reporter.region_code, zone)
    of_event = f"{reporter.number}.{columns['version']}.{columns['recipient']}"
    key = f"{columns['facts'].get('about', of_event)}.{choice.channel}"
    row: Columns = columns | {
        "id": uuid4(),
        "key": key,
        "number": reporter.number,
        "handler_id": columns["facts"]["handler_id"],
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


async def message_again(
    session: AsyncSession, message: Message, *, without: Collection[str] = ()
) -> Columns | None:
    """The row of the same message, queued again for the reporter. None: nothing may be sent.
    `without`: channels that have failed."""
    assert message.number is not None
    reporter = (await reporters_of(session, [message.number])).get(message.number)
    zone = await session.scalar(zone_of_handler(message))
    if reporter is None or zone is None:
        return None
    kind = MessageKind(message.facts["kind"])
    choice = choose_channel(
        reporter.contacts, kind, discreet=reporter.discreet, at=now(), without=without
    )
    if choice.skipped:
        return None
    return message_row(
        reporter,
        choice,
        Zone(zone),
        version=message.version,
        event=message.event,
        template=message.template,
        recipient=message.recipient,
        facts=message.facts,
    )


async def tell_newest(session: AsyncSession, number: int) -> None:
    """Send the reporter the latest news of the report, after they proved a contact or called one
    safe: that it was accepted, or what happened last. Runs in the transaction of that step."""
    of_reporter = (
        col(Message.number) == number,
        col(Message.recipient) == Audience.REPORTER.value,
        col(Message.event) != CODE,
    )
    latest = col(Message.version).desc(), col(Message.created_at).desc()
    newest = select(Message).where(*of_reporter).order_by(*latest).limit(1)
    message = await session.scalar(newest)
    if message is None or message.reason not in _UP_TO_THEM or message.created_at < now() - RECENT:
        return
    await session.flush()
    row = await message_again(session, message)
    if row is None:
        return
    again = insert(Message).values(row)
    queued = {name: row[name] for name in ("state", "reason", "contact_id", "not_before")}
    await session.execute(
        again.on_conflict_do_update(
            index_elements=["key"],
            set_=queued | {"created_at": row["created_at"], "finished_at": None},
            where=col(Message.state) == "skipped",
        )
    )


async def queue_for_other_channel(session: AsyncSession, message: Message) -> None:
    """Queue the same news for the reporter's other channel, if it can be used. Repeated calls queue
    only one message."""
    if message.recipient != Audience.REPORTER or message.template == CODE:
        return
    row = await message_again(session, message, without=(message.channel,))
    if row is None:
        return
    once = insert(Message).values(row).on_conflict_do_nothing(index_elements=["key"])
    if await session.scalar(once.returning(col(Message.id))) is not None:
        count_message(row["channel"], "queued", None)


def zone_of_handler(message: Message) -> Select[str]:
    """Select the zone of the agency that handled the report at the time of the event."""
    return select(col(AgencyEntry.zone)).where(col(AgencyEntry.id) == message.facts["handler_id"])
