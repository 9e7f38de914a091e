"""Database queries for reading a report."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, case, false, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.intake.models import Submission
from shared.attachments.naming import plain_name
from shared.database.lifecycle import HistoryEntry, Report, ReportDetails, ReportText
from shared.database.views import (
    AgencyEntry,
    CategoryEntry,
    MessageFile,
    PublishedMessage,
    PublishedNote,
    ReportFile,
)
from shared.http.tokens import Partner, Principal, ReportBearer, Reporter
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import is_public

Row = RowMapping
Query = Select[*tuple[Any, ...]]


async def find_report(session: AsyncSession, number: int) -> Row | None:
    """The report with its texts and its owner; None if it does not exist."""
    addressee = aliased(AgencyEntry)
    report = (
        select(
            col(Report.number),
            *(col(column) for column in _OF_REPORT),
            *(col(column) for column in _OF_TEXT),
            col(Submission.reporter_id),
            col(addressee.name).label("addressee"),
            col(AgencyEntry.name).label("handler"),
            col(CategoryEntry.name).label("category"),
        )
        .join(ReportText, col(ReportText.number) == col(Report.number))
        .outerjoin(Submission, col(Submission.number) == col(Report.number))
        .outerjoin(addressee, col(addressee.id) == col(Submission.addressee_id))
        .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
        .outerjoin(CategoryEntry, col(CategoryEntry.id) == col(Report.category_id))
        .where(col(Report.number) == number)
    )
    return (await session.execute(report)).mappings().one_or_none()


def is_own(row: Row, principal: Principal | None) -> bool:
    """Whether the report is the caller's own. They are its reporter, have its access code, or are
    the partner system that sent it."""
    match principal:
        case Reporter(account_id=account_id):
            return bool(row["reporter_id"] == account_id)
        case ReportBearer(number=number):
            return bool(row["number"] == number)
        case Partner(system=system):
            return bool(row["system"] == system)
        case _:
            return False


def is_published(row: Row) -> bool:
    """Whether the public can read more than the status."""
    return row["title"] is not None and is_public(Status(row["status"]), secret=row["secret"])


async def attachments_of(session: AsyncSession, number: int) -> Sequence[ReportFile]:
    """The files sent with the report."""
    files = select(ReportFile).where(col(ReportFile.number) == number)
    return (await session.scalars(files.order_by(col(ReportFile.name), col(ReportFile.id)))).all()


def public_files(files: Sequence[ReportFile]) -> list[ReportFile]:
    """The files that the public may see. They get neutral names: the reporter's file names are not
    corrected, and often reveal who the reporter is."""
    chosen = [file for file in files if file.released and file.served]
    return [
        ReportFile(**file.model_dump() | {"name": plain_name(position, file.media_type)})
        for position, file in enumerate(chosen, 1)
    ]


async def attachments_of_messages(session: AsyncSession, number: int) -> Sequence[MessageFile]:
    """The files sent with messages by anybody, except with those that were taken back."""
    message = col(PublishedMessage.command_id) == col(MessageFile.command_id)
    files = select(MessageFile).join(PublishedMessage, message)
    files = files.where(col(MessageFile.number) == number, ~col(PublishedMessage.rectified))
    return (await session.scalars(files.order_by(col(MessageFile.name), col(MessageFile.id)))).all()


async def history_of(session: AsyncSession, number: int) -> Sequence[Row]:
    """The steps that are not only for staff."""
    lines = (
        select(
            col(HistoryEntry.at),
            col(HistoryEntry.action),
            col(HistoryEntry.actor_kind),
            col(HistoryEntry.role),
            col(HistoryEntry.from_status),
            col(HistoryEntry.to_status),
            col(HistoryEntry.visibility),
            col(HistoryEntry.ref),
            col(HistoryEntry.details),
            col(AgencyEntry.name).label("agency"),
        )
        .outerjoin(AgencyEntry, col(AgencyEntry.id) == col(HistoryEntry.agency_id))
        .where(col(HistoryEntry.number) == number, col(HistoryEntry.visibility) != "staff")
        .order_by(col(HistoryEntry.entry))
    )
    return await _rows(session, lines)


async def names_of(session: AsyncSession, ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of these agencies."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    named = select(col(AgencyEntry.id), col(AgencyEntry.name)).where(
        col(AgencyEntry.id).in_(wanted)
    )
    return {row.id: row.name for row in await session.execute(named)}


async def words_of(session: AsyncSession, number: int) -> dict[UUID, Row]:
    """The words written with commands that took effect, by command id. A follow-up that was taken
    back has no words."""
    messages: Query = (
        select(
            col(PublishedMessage.command_id),
            col(PublishedMessage.kind),
            case((col(PublishedMessage.rectified), None), else_=col(PublishedMessage.words)).label(
                "words"
            ),
            col(PublishedMessage.secret),
            col(PublishedMessage.rating),
            col(PublishedMessage.solved),
            col(PublishedMessage.rectified),
            col(AgencyEntry.name).label("agency"),
        )
        .outerjoin(AgencyEntry, col(AgencyEntry.id) == col(PublishedMessage.agency_id))
        .where(col(PublishedMessage.number) == number)
    )
    notes = select(
        col(PublishedNote.command_id),
        null().label("kind"),
        col(PublishedNote.words),
        false().label("secret"),
        null().label("rating"),
        null().label("solved"),
        false().label("rectified"),
        null().label("agency"),
    ).where(col(PublishedNote.number) == number)
    rows = [*await _rows(session, messages), *await _rows(session, notes)]
    return {row["command_id"]: row for row in rows}


async def _rows(session: AsyncSession, query: Query) -> Sequence[Row]:
    return (await session.execute(query)).mappings().all()


_OF_REPORT = (
    *(Report.version, Report.status, Report.tab, Report.channel, Report.classification),
    *(Report.anonymous, Report.secret, Report.region_code, Report.due_at, Report.overdue),
    *(Report.auto_close_at, Report.submitted_at, Report.system, Report.external_id),
    *(Report.linked_number, Report.state, Report.category_id),
)
_OF_TEXT = (
    *(ReportText.original_title, ReportText.original_body, ReportText.title, ReportText.body),
    *(getattr(ReportText, name) for name in ReportDetails.model_fields),
)
