"""What came into the bell between two mornings, for those who want it in the digest: numbers by
kind. What is owed soon, late or put before an agency stands in the digest while it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TypedDict

from sqlalchemy import distinct, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.digest.figures import NAMED, DigestDays
from services.notification.messages.digest_text import NEWS
from services.notification.messages.staff_table import StaffKind
from services.notification.models import BellItem
from services.notification.outgoing.staff_reading import is_readable
from shared.database.lifecycle import Report


class NewsOfKind(TypedDict):
    """How many reports it is about, and the numbers of the first few."""

    count: int
    numbers: list[int]


News = Mapping[StaffKind, NewsOfKind]


async def news_of_bells(
    session: AsyncSession, agency_id: int, staff_ids: Collection[int], days: DigestDays
) -> Mapping[int, News]:
    """By person of this agency: what they have not read in the bell, of reports that they may read
    now."""
    news: dict[int, dict[StaffKind, NewsOfKind]] = defaultdict(dict)
    if not staff_ids:
        return news
    number = col(BellItem.number)
    unread = (
        select(
            col(BellItem.staff_id),
            col(BellItem.kind),
            func.count(distinct(number)),
            func.array_agg(aggregate_order_by(distinct(number), number)),
        )
        .join(Report, col(Report.number) == number)
        .where(
            col(BellItem.staff_id).in_(staff_ids),
            col(BellItem.read_at).is_(None),
            col(BellItem.kind).in_(NEWS),
            col(BellItem.created_at) >= days.morning_before,
            col(BellItem.created_at) < days.morning,
            is_readable(literal(agency_id)),
        )
        .group_by(col(BellItem.staff_id), col(BellItem.kind))
    )
    for staff_id, kind, count, numbers in await session.execute(unread):
        news[staff_id][StaffKind(kind)] = NewsOfKind(count=count, numbers=list(numbers[:NAMED]))
    return news
