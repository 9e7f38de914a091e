"""Downloading a file that came with a follow-up, a reply or an answer to a question."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments import AttachmentMissing, serving_headers
from shared.attachments.naming import plain_name
from shared.command_requests.endpoints import CurrentStore
from shared.command_requests.report_access import owns, staff_access
from shared.http.auth import OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, conflict, not_found
from shared.http.tokens import Principal, Staff
from shared.http.transaction import Transaction

router = APIRouter(tags=["attachments"])


@router.get(
    "/reports/{number}/follow-ups/{command_id}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file"},
        **problem_responses(401, 404, 409),
    },
)
async def download_attachment(
    number: ReportNumber,
    command_id: UUID,
    attachment_id: UUID,
    principal: OptionalPrincipal,
    session: Transaction,
    store: CurrentStore,
    inline: bool = False,
) -> StreamingResponse:
    """For the report's staff (which is logged) and its reporter or partner. Not for the public
    nor for agencies in copy: no verifier has looked at it, and a picture or a letter to the
    reporter can tell who reported."""
    wanted = {"number": number, "command_id": command_id, "id": attachment_id}
    file = (await session.execute(_FILE, wanted)).mappings().one_or_none()
    name = await _name_for(session, principal, number, file) if file else None
    if file is None or name is None:
        raise not_found("file_unknown")
    if not file["served"]:
        raise conflict(f"file_{file['state']}")
    try:
        content = await store.open(file["key"])
    except AttachmentMissing:
        raise not_found("file_unknown") from None
    if isinstance(principal, Staff):
        await session.execute(
            _LOG,
            {
                "number": number,
                "staff_id": principal.id,
                "agency_id": principal.agency_id,
                "id": attachment_id,
            },
        )
    headers = serving_headers(name, file["media_type"], inline=inline)
    headers |= {"Content-Length": str(file["size"]), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers, media_type=file["media_type"])


async def _name_for(
    session: AsyncSession, principal: Principal | None, number: int, file: RowMapping
) -> str | None:
    """The file's name as this person may see it; None where they may not see the file."""
    own: str = file["name"]
    if principal is None:
        return None
    if not isinstance(principal, Staff):
        return own if await owns(session, principal, number) else None
    try:
        access = await staff_access(session, principal, number)
    except Problem:
        return None
    if access.by_copy:
        return None
    hidden = file["by_reporter"] and access.reporter_hidden is not None
    return plain_name(1, file["media_type"]) if hidden else own


_FILE = text("""
SELECT f.key, f.name, f.media_type, f.size, f.served, f.state,
    m.actor_kind <> 'staff' AS by_reporter
FROM followup.published_attachment f
JOIN followup.published_message m ON m.command_id = f.command_id
WHERE f.id = :id AND f.command_id = :command_id AND f.number = :number
""")
_LOG = text("SELECT routing.log_access(:number, 'attachment', :staff_id, :agency_id, :id)")
