"""The files of a report: what they are, and handing one out, which is logged."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import CompoundSelect, Uuid, cast, false, null, nulls_first, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import AccessLogEntry
from shared.attachments import AttachmentMissing, AttachmentStore, serving_headers
from shared.attachments.naming import plain_name
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.views import FileState, MessageFile, PublishedMessage, ReportFile
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, not_found
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.people import ActorKind


class ShownAttachment(BaseModel):
    id: UUID
    of: Literal["report", "message"]
    message_id: UUID | None = Field(description="The message it was sent with")
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    released: bool = Field(description="The public may see it")
    state: FileState = Field(
        description="Of who is anonymous: to be remade, remade, or kept sealed; all others as they"
        " were sent, less hidden data and what acts"
    )
    state_label: str
    href: str | None = Field(description="null: not served, or not yet")


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
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> StreamingResponse:
    """A file of a report, for whoever may read the report; for agencies in copy those that are
    released. Every download is logged."""
    access = await staff_access(session, staff, number)
    files = await _shown_to(session, access)
    file = next((file for file in files if file["id"] == attachment_id), None)
    if file is None:
        raise not_found("attachment_not_found")
    if not file["served"]:
        raise conflict(f"file_{file['state']}")
    store: AttachmentStore = request.app.state.attachments
    try:
        content = await store.open(file["key"])
    except AttachmentMissing:
        raise not_found("attachment_not_found") from None
    session.add(
        AccessLogEntry(
            number=number,
            kind="attachment",
            staff_id=staff.id,
            agency_id=staff.agency_id,
            subject_id=attachment_id,
        )
    )
    headers = serving_headers(file["name"], file["media_type"], inline=True)
    headers |= {"Content-Length": str(file["size"]), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers)


async def attachments_of(session: AsyncSession, access: ReportAccess) -> list[ShownAttachment]:
    """Those of the report, then those of messages, as this person may see them."""
    return [
        ShownAttachment(
            **file,
            of="message" if file["message_id"] else "report",
            state_label=label("attachment_state", file["state"]),
            href=f"/reports/{access.state.number}/attachments/{file['id']}"
            if file["served"]
            else None,
        )
        for file in await _shown_to(session, access)
    ]


async def _shown_to(session: AsyncSession, access: ReportAccess) -> list[dict[str, Any]]:
    """A copy never shows who reports: only files that a verifier has looked at and released, for
    what an agency sends its reporter is often addressed to them. Where the reporter is hidden,
    their files go by names of ours."""
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
