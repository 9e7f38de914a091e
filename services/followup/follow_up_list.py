"""The follow-ups of a report, as its staff read them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.command_requests.report_access import staff_access
from shared.database.lifecycle import CommandRow
from shared.database.views import AgencyEntry, MessageFile, PublishedMessage, StaffEntry
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import ReportNumber
from shared.http.transaction import Transaction
from shared.labels import label
from shared.labels.outcomes import outcome_of
from shared.lifecycle.actions import Action, FollowUpKind, FollowUpOutcome, UnmetReason


class ListedAttachment(BaseModel):
    id: UUID
    name: str
    media_type: str
    size: int
    href: str


class ListedFollowUp(BaseModel):
    """A follow-up. `command_id` identifies it; where it is `secret`, the public does not see it."""

    command_id: UUID
    kind: FollowUpKind
    kind_label: str
    outcome: FollowUpOutcome | None = Field(
        description="Null for an initial response, and for follow-ups older than this field"
    )
    outcome_label: str | None
    unmet_reason: UnmetReason | None
    unmet_reason_label: str | None
    text: str
    secret: bool
    rectified: bool = Field(description="Taken back: the reporter and the public no longer see it")
    at: datetime
    staff: str | None
    agency: str | None
    attachments: list[ListedAttachment]


router = APIRouter(tags=["follow-ups"], responses=problem_responses(401, 403, 404))


@router.get("/reports/{number}/follow-ups")
async def list_follow_ups(
    number: ReportNumber,
    staff: CurrentStaff,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[ListedFollowUp]:
    """The follow-ups, newest first. The handler and those above it see secret ones too; agencies in
    copy see only public ones, without files."""
    by_copy = (await staff_access(session, staff, number)).by_copy
    after = decode_cursor(cursor, _Position)
    follow_ups = _follow_ups(number).limit(limit + 1)
    if by_copy:
        unseen = col(PublishedMessage.secret) | col(PublishedMessage.rectified)
        follow_ups = follow_ups.where(~unseen)
    if after is not None:
        follow_ups = follow_ups.where(col(CommandRow.version) < after.version)
    rows = (await session.execute(follow_ups)).mappings().all()
    shown = [] if by_copy else [row["command_id"] for row in rows[:limit]]
    files = await _files(session, shown)
    items = [
        ListedFollowUp(
            **{name: row[name] for name in _AS_KEPT},
            **outcome_of(dict(row)),
            text=row["words"],
            kind_label=label("follow_up_kind", row["kind"]),
            attachments=[_attachment(file) for file in files[row["command_id"]]],
        )
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(
        items=items,
        next=encode_cursor(_Position(version=rows[limit - 1]["version"])) if more else None,
    )


class _Position(BaseModel):
    version: int


def _attachment(file: MessageFile) -> ListedAttachment:
    href = f"/reports/{file.number}/follow-ups/{file.command_id}/attachments/{file.id}"
    return ListedAttachment(**file.model_dump(include=_OF_A_FILE), href=href)


def _follow_ups(number: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(PublishedMessage.command_id),
            col(PublishedMessage.kind),
            col(PublishedMessage.outcome),
            col(PublishedMessage.unmet_reason),
            col(PublishedMessage.words),
            col(PublishedMessage.secret),
            col(PublishedMessage.rectified),
            col(PublishedMessage.at),
            col(CommandRow.version),
            col(StaffEntry.name).label("staff"),
            col(AgencyEntry.name).label("agency"),
        )
        .join(CommandRow, col(CommandRow.id) == col(PublishedMessage.command_id))
        .outerjoin(StaffEntry, col(StaffEntry.id) == col(PublishedMessage.staff_id))
        .outerjoin(AgencyEntry, col(AgencyEntry.id) == col(PublishedMessage.agency_id))
        .where(col(PublishedMessage.number) == number)
        .where(col(PublishedMessage.action) == Action.FOLLOW_UP)
        .order_by(col(CommandRow.version).desc())
    )


async def _files(
    session: AsyncSession, command_ids: Sequence[UUID]
) -> Mapping[UUID, list[MessageFile]]:
    """The files of these messages, by the id of their command."""
    order = col(MessageFile.name), col(MessageFile.id)
    sent = select(MessageFile).where(col(MessageFile.command_id).in_(command_ids)).order_by(*order)
    files: defaultdict[UUID, list[MessageFile]] = defaultdict(list)
    for file in await session.scalars(sent):
        files[file.command_id].append(file)
    return files


_AS_KEPT = ("command_id", "kind", "secret", "rectified", "at", "staff", "agency")
_OF_A_FILE = {"id", "name", "media_type", "size"}
