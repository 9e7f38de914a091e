"""Where else a reporter can go whose report was archived, or whose objection was refused."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from services.intake.reading.rows import Row
from shared.database.lifecycle import HistoryEntry
from shared.database.views import RecourseEntry
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status


class Recourse(BaseModel):
    """An office, and how to reach it, in pusat's words."""

    code: str
    name: str
    how: str
    url: str | None


async def recourse_of(session: AsyncSession, row: Row, state: ReportState) -> list[Recourse]:
    """Those that concern the report; none while it is open, or a decision is awaited."""
    refused = state.objected and state.pending(RequestKind.OBJECTION) is None
    archived = state.status is Status.ARCHIVED_BY_ADMIN
    if not refused and not archived:
        return []
    category = (
        select(col(HistoryEntry.details)["archive_category"].as_string())
        .where(col(HistoryEntry.number) == state.number)
        .where(col(HistoryEntry.action) == Action.ARCHIVE)
        .order_by(col(HistoryEntry.entry).desc())
        .limit(1)
    )
    entry = RecourseEntry
    offices = (
        select(entry)
        .where(_concerns(col(entry.archive_category), await session.scalar(category)))
        .where(_concerns(col(entry.classification), state.classification))
        .where(_concerns(col(entry.category_id), row["category_id"]))
        .order_by(col(entry.place))
    )
    return [
        Recourse.model_validate(office, from_attributes=True)
        for office in await session.scalars(offices)
    ]


def _concerns(named: Mapped[Any], value: object) -> ColumnElement[bool]:
    return or_(named.is_(None), named == value)
