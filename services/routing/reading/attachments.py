"""The files of a report: what they are, and handing one out, which is logged."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import AccessLogEntry
from shared.attachments import AttachmentMissing, AttachmentStore, serving_headers
from shared.attachments.naming import plain_name
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, not_found
from shared.http.transaction import Transaction
from shared.labels import label


class ShownAttachment(BaseModel):
    id: UUID
    of: Literal["report", "message"]
    message_id: UUID | None = Field(description="The message it was sent with")
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    released: bool = Field(description="The public may see it")
    state: Literal["as_sent", "pending", "remade", "sealed"] = Field(
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
    file = next((one for one in files if one["id"] == attachment_id), None)
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
    found = await session.execute(_ALL, {"number": access.state.number})
    files = [dict(row) for row in found.mappings()]
    if access.by_copy:
        files = [file for file in files if file["released"] and file["served"]]
    if access.reporter_hidden:
        for place, file in enumerate(files, 1):
            if file["by_reporter"]:
                file["name"] = plain_name(place, file["media_type"])
    return files


_ALL = text("""
SELECT id, key, name, media_type, size, released, NULL::uuid AS message_id, true AS by_reporter,
    served, state
FROM intake.published_attachment WHERE number = :number
UNION ALL
SELECT f.id, f.key, f.name, f.media_type, f.size, false, f.command_id, m.actor_kind <> 'staff',
    f.served, f.state
FROM followup.published_attachment f
JOIN followup.published_message m ON m.command_id = f.command_id WHERE f.number = :number
ORDER BY message_id NULLS FIRST, name, id
""")
