"""Writes bell items for the staff whom an event concerns, and mail for those who want it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.channel_choice import (
    HolderChoices,
    Reachable,
    SkipReason,
    reason_against,
)
from services.notification.messages.staff_table import Delivery, StaffKind, delivery_of
from services.notification.messages.staff_texts import facts_shown
from services.notification.messages.table import MessageRule, facts_of
from services.notification.models import BellItem, Contact, Message, Preference
from services.notification.outgoing.to_staff import holder_of_staff
from services.notification.staff.recipients import EventAndRule, Recipient, recipients_of
from shared.clock import now
from shared.lifecycle.events import ReportEvent, shows_arrival, shows_reporter_activity
from shared.lifecycle.statuses import TO_BE_VERIFIED
from shared.privacy.publication import public_time

_HOUR = timedelta(hours=1)
Concerned = tuple[ReportEvent, MessageRule, Recipient]


async def notify_staff(session: AsyncSession, events: Sequence[EventAndRule]) -> None:
    """Write the bell items and messages in the caller's transaction. The same event again writes
    nothing."""
    concerned = await recipients_of(session, events) if events else []
    if not concerned:
        return
    bell = insert(BellItem).on_conflict_do_nothing(constraint="bell_once")
    await session.execute(bell, [_bell_row(*each) for each in concerned])
    holders = {holder_of_staff(recipient.staff_id) for _, _, recipient in concerned}
    contacts = {
        contact.holder: contact
        for contact in await session.scalars(
            select(Contact).where(col(Contact.holder).in_(holders))
        )
    }
    chosen = await session.scalars(select(Preference).where(col(Preference.holder).in_(holders)))
    preferences = {preference.holder: preference for preference in chosen}
    rows = [
        _message_row(event, rule, recipient, contact)
        for event, rule, recipient in concerned
        if (contact := contacts.get(holder_of_staff(recipient.staff_id))) is not None
        and _is_sent_at_once(rule, recipient, contact, preferences.get(contact.holder))
    ]
    if rows:
        await session.execute(insert(Message).on_conflict_do_nothing(index_elements=["key"]), rows)


def reason_not_to_mail(contact: Contact, preference: Preference | None) -> SkipReason | None:
    """The reason why no mail about reports may go to this member of staff, or None. Whether the
    address is still the proven one is checked when the message is prepared."""
    stopped = preference is not None and preference.stopped_at is not None
    return reason_against(
        "email",
        Reachable(contact.proven_at, contact.undeliverable_at is not None),
        HolderChoices(stopped=stopped),
        None,
        discreet=False,
        at=now(),
    )


def _is_sent_at_once(
    rule: MessageRule, recipient: Recipient, contact: Contact, preference: Preference | None
) -> bool:
    if not recipient.at_once or reason_not_to_mail(contact, preference) is not None:
        return False
    chosen = preference.kinds if preference else {}
    return delivery_of(StaffKind(rule.kind), recipient.role, chosen) is Delivery.AT_ONCE


def _bell_row(event: ReportEvent, rule: MessageRule, recipient: Recipient) -> dict[str, Any]:
    return {
        "staff_id": recipient.staff_id,
        "number": event.number,
        "version": event.version,
        "template": rule.template,
        "kind": rule.kind.value,
        "facts": _facts(event, recipient),
        "created_at": now(),
    }


def _message_row(
    event: ReportEvent, rule: MessageRule, recipient: Recipient, contact: Contact
) -> dict[str, Any]:
    """The row of a mail. If the exact time of the mail would reveal when the report came, or when
    an anonymous reporter acted, it is sent at the next full hour: the times in its headers then say
    no more than the panel does."""
    at = now()
    return {
        "id": uuid4(),
        "key": f"{event.number}.{event.version}.{rule.template}.{contact.holder}.email",
        "number": event.number,
        "version": event.version,
        "event": event.event,
        "template": rule.template,
        "recipient": contact.holder,
        "channel": "email",
        "contact_id": contact.id,
        "facts": _facts(event, recipient) | {"kind": rule.kind.value},
        "state": "queued",
        "created_at": at,
        "not_before": public_time(at) + _HOUR if recipient.hour_alone else at,
    }


def _facts(event: ReportEvent, recipient: Recipient) -> dict[str, Any]:
    """The facts to store: codes and times. Times that would reveal when the report came, or when an
    anonymous reporter acted, are not stored."""
    facts = facts_of(event) | {
        "tells_of_reporter": shows_reporter_activity(event),
        "tells_arrival": shows_arrival(event.action, event.status),
        "due_tells_arrival": event.status in TO_BE_VERIFIED,
    }
    facts |= recipient.about
    if recipient.stands_in_for is not None:
        facts["stands_in_for"] = recipient.stands_in_for
    shown = facts_shown(
        facts, recipient.role, recipient.zone, reporter_times_hidden=recipient.hidden
    )
    return dict(shown)
