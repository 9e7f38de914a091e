"""Messages to the reporter, received or not, as the report's staff see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.desk_models import ToldOtherwise
from services.routing.models import StaffMember
from shared.command_requests.report_access import ReportAccess
from shared.database.views import ReporterMessage
from shared.labels import label
from shared.privacy.publication import public_time

AT_MOST = 50
_OF_NO_CHANNEL = frozenset(
    {
        *("no_contact", "unproven", "lapsed", "undeliverable", "stopped", "muted", "channel_off"),
        *("expired", "unreadable", "unexpected", "outdated"),
    }
)
"""Reasons that apply to mail and text messages alike; all others reveal which it was."""
_ON_ITS_WAY: Final = "on_its_way"
"""Shown of a hidden reporter's message instead of `queued` and `sent`, and of one that was outdated
before its turn came: only text messages wait for the morning."""
_NEAR_ARRIVAL = frozenset({"accepted", "overdue"})
"""Templates sent when the report came, or a known time after it."""


class ShownMessage(BaseModel):
    """A message to the reporter. If the reporter is hidden, the channel, the time and any reason
    that reveals the channel are left out: they could show who it is, or when the report came. Nor
    is it said whether the message waits."""

    template: str
    template_label: str
    state: str
    state_label: str
    reason: str | None
    reason_label: str | None
    channel: str | None
    channel_label: str | None
    at: datetime | None = Field(description="When it ended or, if it has not, when it was written")
    to_the_hour: bool = Field(
        description="`at` is cut to the hour, because it would show when the report came"
    )
    told_by: str | None = Field(
        description="The member of staff who informed the reporter in another way"
    )
    told_at: datetime | None


async def messages_shown(session: AsyncSession, access: ReportAccess) -> list[ShownMessage]:
    """The messages, newest first; none for readers of a copy."""
    if access.by_copy:
        return []
    of_report = col(ReporterMessage.number) == access.state.number
    newest = (
        select(ReporterMessage, col(StaffMember.name), col(ToldOtherwise.at))
        .outerjoin(ToldOtherwise, col(ToldOtherwise.message_id) == col(ReporterMessage.id))
        .outerjoin(StaffMember, col(StaffMember.id) == col(ToldOtherwise.staff_id))
        .where(of_report)
        .order_by(col(ReporterMessage.created_at).desc())
        .limit(AT_MOST)
    )
    hidden = access.reporter_hidden is not None
    rows = (await session.execute(newest)).all()
    left_out = _replaced([message for message, _, _ in rows]) if hidden else set()
    return [
        _shown(message, by, at, hidden=hidden, cut=access.arrival_hidden)
        for message, by, at in rows
        if message.id not in left_out
    ]


def _replaced(newest_first: Sequence[ReporterMessage]) -> set[UUID]:
    """Messages that a later one replaced on another contact: both together would reveal that a
    hidden reporter has two contacts."""
    seen: set[tuple[int, str]] = set()
    replaced: set[UUID] = set()
    for message in newest_first:
        news = (message.version, message.template)
        if news in seen:
            replaced.add(message.id)
        seen.add(news)
    return replaced


def reason_shown(reason: str | None, *, hidden: bool) -> str | None:
    """Why a message was not sent; None if that reveals which contacts a hidden reporter has."""
    return None if hidden and reason not in _OF_NO_CHANNEL else reason


def _shown(
    row: ReporterMessage, told_by: str | None, told_at: datetime | None, *, hidden: bool, cut: bool
) -> ShownMessage:
    channel = None if hidden or row.channel == "none" else row.channel
    at = None if hidden else row.finished_at or row.created_at
    to_the_hour = cut and at is not None and row.template in _NEAR_ARRIVAL
    reason = reason_shown(row.reason, hidden=hidden)
    state = row.state
    if hidden and (state in ("queued", "sent") or reason == "outdated"):
        state, reason = _ON_ITS_WAY, None
    return ShownMessage(
        template=row.template,
        template_label=label("message_template", row.template),
        state=state,
        state_label=label("message_state", state),
        reason=reason,
        reason_label=label("message_reason", reason) if reason else None,
        channel=channel,
        channel_label=label("message_channel", channel) if channel else None,
        at=public_time(at) if at and to_the_hour else at,
        to_the_hour=to_the_hour,
        told_by=told_by,
        told_at=told_at,
    )
