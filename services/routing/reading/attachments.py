"""The files of a report: what they are, and handing one out, which is logged."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.acting import ReportNumber
from services.routing.models import AccessLogEntry
from shared.attachments import AttachmentMissing, AttachmentStore, serving_headers
from shared.commanding.situation import staff_situation
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import not_found
from shared.http.transaction import Transaction


class ShownAttachment(BaseModel):
    id: UUID
    of: Literal["report", "message"]
    message_id: UUID | None = Field(description="The message it was sent with")
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    released: bool = Field(description="The public may see it")
    href: str


router = APIRouter(tags=["reports"])


@router.get(
    "/reports/{number}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={200: {"content": {"*/*": {}}}, **problem_responses(401, 403, 404, 422)},
)
async def download_attachment(
    number: ReportNumber,
    attachment_id: UUID,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> StreamingResponse:
    """A file of a report, for whoever may read the report. Every download is logged."""
    await staff_situation(session, staff, number)
    parameters = {"number": number, "id": attachment_id}
    row = (await session.execute(_ONE, parameters)).one_or_none()
    if row is None:
        raise not_found("attachment_not_found")
    store: AttachmentStore = request.app.state.attachments
    try:
        content = await store.open(row.key)
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
    headers = serving_headers(row.name, row.media_type, inline=True)
    headers |= {"Content-Length": str(row.size), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers)


async def attachments_of(session: AsyncSession, number: int) -> Sequence[ShownAttachment]:
    """Those of the report, then those of messages."""
    rows = await session.execute(_ALL, {"number": number})
    return [
        ShownAttachment(
            **row,
            of="message" if row["message_id"] else "report",
            href=f"/reports/{number}/attachments/{row['id']}",
        )
        for row in map(dict, rows.mappings())
    ]


_BOTH = (
    "SELECT id, number, key, name, media_type, size, released, CAST(NULL AS uuid) AS message_id"
    " FROM intake.published_attachment WHERE number = :number"
    " UNION ALL SELECT id, number, key, name, media_type, size, false, command_id"
    " FROM followup.published_attachment WHERE number = :number"
)
_ONE = text(f"SELECT key, name, media_type, size FROM ({_BOTH}) a WHERE id = :id")  # noqa: S608
_ALL = text(
    "SELECT id, message_id, name, media_type, size, released"  # noqa: S608
    f" FROM ({_BOTH}) a ORDER BY message_id NULLS FIRST, name, id"
)
