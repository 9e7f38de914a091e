"""The files of a report: listing them, and downloading them, which is logged."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import CompoundSelect, Uuid, cast, false, null, nulls_first, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import AccessLogEntry
from shared.attachments import (
    AttachmentMissing,
    AttachmentRejected,
    AttachmentStore,
    is_shown,
    serving_headers,
)
from shared.attachments.naming import plain_name
from shared.clock import now
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.views import FileState, MessageFile, PublishedMessage, ReportFile
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, not_found
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels import label
from shared.lifecycle.people import ActorKind


class ShownAttachment(BaseModel):
    id: UUID
    of: Literal["report", "message"]
    message_id: UUID | None = Field(description="The message with which it was sent")
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    released: bool = Field(description="The public may see it")
    state: FileState = Field(
        description="For an anonymous reporter: to be remade, remade, or kept sealed. All "
        "other files are as they were sent, without hidden data and active "
        "content"
    )
    state_label: str
    href: str | None = Field(description="null if it is not served, or not yet")
    preview: str | None = Field(
        description="A small preview; null if it is not a picture or not served"
    )


router = APIRouter(tags=["reports"])


@router.get(
    "/reports/{number}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file"},
        **problem_responses(401, 403, 404, 409, 422),
    },
)
async def download_attachment(
    number: ReportNumber,
    attachment_id: UUID,
    staff: CurrentReader,
    session: Transaction,
    request: Request,
) -> StreamingResponse:
    """A file of a report, for anyone who may read the report. Agencies in copy get only released
    files. Every download is logged."""
    file = await _served_to(session, staff, number, attachment_id)
    store: AttachmentStore = request.app.state.attachments
    try:
        content = await store.open(file["key"])
    except AttachmentMissing:
        raise not_found("attachment_not_found") from None
    session.add(_reading(staff, number, attachment_id))
    headers = serving_headers(file["name"], file["media_type"], inline=True)
    headers |= {"Content-Length": str(file["size"]), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers)


@router.get(
    "/reports/{number}/attachments/{attachment_id}/preview",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "At most 480 pixels each way"},
        **problem_responses(401, 403, 404, 409, 422, 503),
    },
)
async def preview_attachment(
    number: ReportNumber,
    attachment_id: UUID,
    staff: CurrentReader,
    database: CurrentDatabase,
    request: Request,
) -> Response:
    """A small version of a picture, for anyone who may download it. Pages show it again and again,
    so it is logged as a download only once a day for each person."""
    async with database.session() as session:
        file = await _served_to(session, staff, number, attachment_id)
        if not is_shown(file["media_type"]):
            raise not_found("attachment_not_found")
        reading = _reading(staff, number, attachment_id)
        if not await _logged_today(session, reading):
            session.add(reading)
    store: AttachmentStore = request.app.state.attachments
    try:
        content = await store.preview(file["key"], file["media_type"])
    except (AttachmentMissing, AttachmentRejected):
        raise not_found("attachment_not_found") from None
    headers = serving_headers("gambar.jpg", "image/jpeg", inline=True)
    return Response(content, headers=headers | {"Cache-Control": "private, no-store"})


async def attachments_of(session: AsyncSession, access: ReportAccess) -> list[ShownAttachment]:
    """The files of the report, then those of messages, as this person may see them."""
    files = await _shown_to(session, access)
    return [_as_shown(file, access.state.number) for file in files]


def _as_shown(file: dict[str, Any], number: int) -> ShownAttachment:
    path = f"/reports/{number}/attachments/{file['id']}"
    small = file["served"] and is_shown(file["media_type"])
    return ShownAttachment(
        **file,
        of="message" if file["message_id"] else "report",
        state_label=label("attachment_state", file["state"]),
        href=path if file["served"] else None,
        preview=f"{path}/preview" if small else None,
    )


async def _served_to(
    session: AsyncSession, staff: Staff, number: int, attachment_id: UUID
) -> dict[str, Any]:
    """The file, if this person may read it. Raises a 404 or a 409."""
    access = await staff_access(session, staff, number)
    files = await _shown_to(session, access)
    file = next((file for file in files if file["id"] == attachment_id), None)
    if file is None:
        raise not_found("attachment_not_found")
    if not file["served"]:
        raise conflict(f"file_{file['state']}")
    return file


def _reading(staff: Staff, number: int, attachment_id: UUID) -> AccessLogEntry:
    return AccessLogEntry(
        number=number,
        kind="attachment",
        staff_id=staff.id,
        agency_id=staff.agency_id,
        subject_id=attachment_id,
    )


async def _logged_today(session: AsyncSession, reading: AccessLogEntry) -> bool:
    same = select(col(AccessLogEntry.id)).where(
        col(AccessLogEntry.number) == reading.number,
        col(AccessLogEntry.kind) == reading.kind,
        col(AccessLogEntry.staff_id) == reading.staff_id,
        col(AccessLogEntry.subject_id) == reading.subject_id,
        col(AccessLogEntry.at) > now() - timedelta(days=1),
    )
    return await session.scalar(same.limit(1)) is not None


async def _shown_to(session: AsyncSession, access: ReportAccess) -> list[dict[str, Any]]:
    """The files that this person may see. A copy never shows who reports, so it has only files that
    a verifier has looked at and released: what an agency sends its reporter is often addressed to
    them. Where the reporter is hidden, neutral names replace the names of their files."""
    rows = await session.execute(_files(access.state.number))
    files = [dict(row) for row in rows.mappings()]
    if access.by_copy:
        files = [file for file in files if file["released"] and file["served"]]
    if access.reporter_hidden:
        for position, file in enumerate(files, 1):
            if file["by_reporter"]:
                file["name"] = plain_name(position, file["media_type"])
    return files


def _files(number: int) -> CompoundSelect[*tuple[Any, ...]]:
    by_reporter = col(PublishedMessage.actor_kind) != ActorKind.STAFF
    message = col(PublishedMessage.command_id) == col(MessageFile.command_id)
    of_report = select(
        *(getattr(ReportFile, name) for name in _COLUMNS),
        col(ReportFile.released),
        cast(null(), Uuid).label("message_id"),
        true().label("by_reporter"),
    ).where(col(ReportFile.number) == number)
    of_messages = (
        select(
            *(getattr(MessageFile, name) for name in _COLUMNS),
            false(),
            col(MessageFile.command_id),
            by_reporter,
        )
        .join(PublishedMessage, message)
        .where(col(MessageFile.number) == number)
    )
    both = union_all(of_report, of_messages)
    return both.order_by(nulls_first(both.selected_columns.message_id), "name", "id")


_COLUMNS = ("id", "key", "name", "media_type", "size", "served", "state")
