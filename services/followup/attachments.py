"""Downloading a file that came with a follow-up, a reply or an answer to a question."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.asking import CurrentStore, ReportNumber
from shared.attachments import AttachmentMissing, serving_headers
from shared.commanding.situation import owns, staff_situation
from shared.http.auth import OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.problems import Problem, not_found
from shared.http.tokens import Principal, Staff
from shared.http.transaction import Transaction

router = APIRouter(tags=["attachments"])


@router.get(
    "/reports/{number}/follow-ups/{command_id}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file"},
        **problem_responses(401, 404),
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
    """For the report's staff (which is logged) and its reporter or partner. Not for the public:
    no verifier has looked at it, and a picture can tell who reported."""
    wanted = {"number": number, "command_id": command_id, "id": attachment_id}
    file = (await session.execute(_FILE, wanted)).mappings().one_or_none()
    if file is None or not await _may_see(session, principal, number):
        raise not_found("file_unknown")
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
    headers = serving_headers(file["name"], file["media_type"], inline=inline)
    headers |= {"Content-Length": str(file["size"]), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers, media_type=file["media_type"])


async def _may_see(session: AsyncSession, principal: Principal | None, number: int) -> bool:
    if principal is None:
        return False
    if not isinstance(principal, Staff):
        return await owns(session, principal, number)
    try:
        await staff_situation(session, principal, number)
    except Problem:
        return False
    return True


_FILE = text("""
SELECT f.key, f.name, f.media_type, f.size FROM followup.published_attachment f
WHERE f.id = :id AND f.command_id = :command_id AND f.number = :number
""")
_LOG = text("SELECT routing.log_access(:number, 'attachment', :staff_id, :agency_id, :id)")
