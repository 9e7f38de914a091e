"""No text message goes out at night, whoever wrote its row and however late it is, but a code, for
which somebody waits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.channel_choice import ZONE_OF_ACCOUNTS, not_in_quiet_hours
from services.notification.models import Message
from services.notification.outgoing.to_reporters import CODE
from shared.clock import now
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone


async def waiting_for_morning(
    session: AsyncSession, messages: Sequence[Message]
) -> dict[UUID, datetime]:
    """By the ids of those that may not go now: from when on they may, in the zone of the agency
    that handled the report when it happened."""
    texts = {
        message.id: message.facts["handler_id"]
        for message in messages
        if message.channel == "sms" and message.template != CODE
    }
    if not texts:
        return {}
    handlers = select(col(AgencyEntry.id), col(AgencyEntry.zone))
    rows = await session.execute(handlers.where(col(AgencyEntry.id).in_(set(texts.values()))))
    zones = {id: Zone(zone) for id, zone in rows.all()}
    at = now()
    allowed = {
        id: not_in_quiet_hours(at, zones.get(handler, ZONE_OF_ACCOUNTS))
        for id, handler in texts.items()
    }
    return {id: morning for id, morning in allowed.items() if morning > at}
