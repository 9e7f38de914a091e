"""Where else a reporter can go whose report others have closed or archived."""

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.reading.rows import Row
from shared.database.lifecycle import HistoryEntry
from shared.database.recourse import ENDED_BY_OTHERS, concern
from shared.database.views import RecourseEntry
from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status


class Recourse(BaseModel):
    """An office, and how to reach it, in pusat's words."""

    code: str
    name: str
    how: str
    url: str | None


async def recourse_of(session: AsyncSession, row: Row, state: ReportState) -> list[Recourse]:
    """Those that concern the report; none while it is open, or where its reporter ended it."""
    if state.status not in ENDED_BY_OTHERS:
        return []
    category = (
        select(col(HistoryEntry.details)["archive_category"].as_string())
        .where(col(HistoryEntry.number) == state.number)
        .where(col(HistoryEntry.action) == Action.ARCHIVE)
        .order_by(col(HistoryEntry.entry).desc())
        .limit(1)
    )
    archived = state.status is Status.ARCHIVED_BY_ADMIN
    archived_for = await session.scalar(category) if archived else None
    concerning = concern(archived_for, state.classification, row["category_id"])
    offices = select(RecourseEntry).where(*concerning).order_by(col(RecourseEntry.place))
    return [
        Recourse.model_validate(office, from_attributes=True)
        for office in await session.scalars(offices)
    ]
