"""Other offices that a reporter can turn to after others closed or archived the report."""

import re
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.database.lifecycle import HistoryEntry, Report
from shared.database.recourse import ENDED_BY_OTHERS, concern
from shared.database.views import RecourseEntry
from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.values.gsm import in_gsm


class Recourse(BaseModel):
    """An office and how to reach it, in pusat's words."""

    code: str
    name: str
    how: str
    url: str | None


async def recourse_of(
    session: AsyncSession, category_id: int | None, state: ReportState
) -> list[Recourse]:
    """The offices for this report. None while it is open, or if its reporter ended it."""
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
    return await _concerning(session, archived_for, state.classification, category_id)


async def office_to_call(
    session: AsyncSession, state: ReportState, *, discreet: bool
) -> str | None:
    """One office for this report, with its phone, for a text message. `discreet`: only offices for
    every report, since any other would reveal what the report is about."""
    if discreet:
        ended = state.status in ENDED_BY_OTHERS
        return shortest_to_call(await _concerning(session, None, None, None) if ended else ())
    of_report = select(col(Report.category_id)).where(col(Report.number) == state.number)
    category_id = await session.scalar(of_report)
    return shortest_to_call(await recourse_of(session, category_id, state))


async def _concerning(
    session: AsyncSession,
    archived_for: str | None,
    classification: str | None,
    category_id: int | None,
) -> list[Recourse]:
    concerning = concern(archived_for, classification, category_id)
    offices = select(RecourseEntry).where(*concerning).order_by(col(RecourseEntry.place))
    return [
        Recourse.model_validate(office, from_attributes=True)
        for office in await session.scalars(offices)
    ]


def shortest_to_call(offices: Iterable[Recourse]) -> str | None:
    """The shortest entry of an office with a phone, such as `Ombudsman RI, telepon 137`. None: no
    office names a phone."""
    named = (
        f"{in_gsm(office.name).replace('Republik Indonesia', 'RI')}, telepon {phone[1]}"
        for office in offices
        if (phone := _PHONE.search(office.how))
    )
    return min(named, key=len, default=None)


_PHONE: Final = re.compile(
    r"\btele(?:pon|pun)\s+((?:\+?[0-9]|\([0-9]{2,4}\))(?:[ .-]?[0-9])*)", re.IGNORECASE
)
"""Matches *137*, *021 3190 1556*, *(021) 2251-3737*, but not the hours after it (*137 (24
jam)*)."""
