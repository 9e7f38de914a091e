"""No text messages are sent at night, whoever wrote them and however late they are. Codes are an
exception, as somebody is waiting for them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.channel_choice import (
    ZONE_OF_ACCOUNTS,
    not_in_quiet_hours,
    zone_of_reporter,
)
from services.notification.models import Message
from services.notification.outgoing.to_reporters import CODE
from shared.clock import now
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import Zone


async def waiting_for_morning(
    session: AsyncSession, messages: Sequence[Message]
) -> dict[UUID, datetime]:
    """The messages that may not be sent now, by id, with the time from which they may. The zone is
    that of the report's place, otherwise of the agency that handled it at the time of the event."""
    texts = [
        message for message in messages if message.channel == "sms" and message.template != CODE
    ]
    if not texts:
        return {}
    handlers = select(col(AgencyEntry.id), col(AgencyEntry.zone))
    ids = {message.facts["handler_id"] for message in texts}
    rows = await session.execute(handlers.where(col(AgencyEntry.id).in_(ids)))
    zones = {id: Zone(zone) for id, zone in rows.all()}
    places = select(col(Report.number), col(Report.region_code))
    of_reports = places.where(col(Report.number).in_({message.number for message in texts}))
    regions = dict((await session.execute(of_reports)).all())
    at = now()
    allowed = {}
    for message in texts:
        of_handler = zones.get(message.facts["handler_id"], ZONE_OF_ACCOUNTS)
        zone = zone_of_reporter(regions.get(message.number or 0), of_handler)
        allowed[message.id] = not_in_quiet_hours(at, zone)
    return {id: morning for id, morning in allowed.items() if morning > at}
