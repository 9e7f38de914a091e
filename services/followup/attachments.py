"""Downloading a file that came with a follow-up, a reply or an answer to a question."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.attachments import AttachmentMissing, serving_headers
from shared.attachments.naming import plain_name
from shared.command_requests.endpoints import CurrentStore
from shared.command_requests.report_access import owns, staff_access
from shared.database.views import MessageFile, PublishedMessage
from shared.http.auth import OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, conflict, not_found
from shared.http.tokens import Principal, Staff
from shared.http.transaction import Transaction
from shared.lifecycle.people import ActorKind

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
    """Download a file of a message, as the report's staff (this is logged), its reporter or
    partner.

    The public and agencies in copy cannot: no verifier has looked at the file, and a picture or a
    letter to the reporter can reveal who reported.
    """
    file = await _file(session, number, command_id, attachment_id)
    name = await _name_for(session, principal, file) if file else None
    if file is None or name is None:
        raise not_found("file_unknown")
    if not file.served or file.key is None:
        raise conflict(f"file_{file.state}")
    try:
        content = await store.open(file.key)
    except AttachmentMissing:
        raise not_found("file_unknown") from None
    if isinstance(principal, Staff):
        reader = principal.id, principal.agency_id
        log = func.routing.log_access(number, "attachment", *reader, attachment_id)
        await session.execute(select(log))
    headers = serving_headers(name, file.media_type, inline=inline)
    headers |= {"Content-Length": str(file.size), "Cache-Control": "private, no-store"}
    return StreamingResponse(content, headers=headers, media_type=file.media_type)


async def _file(
    session: AsyncSession, number: int, command_id: UUID, attachment_id: UUID
) -> MessageFile | None:
    of_message = col(MessageFile.number) == number, col(MessageFile.command_id) == command_id
    file = select(MessageFile).where(col(MessageFile.id) == attachment_id, *of_message)
    return (await session.scalars(file)).one_or_none()


async def _name_for(
    session: AsyncSession, principal: Principal | None, file: MessageFile
) -> str | None:
    """The file's name as this person may see it; None if they may not see the file."""
    own = file.name
    if principal is None:
        return None
    if not isinstance(principal, Staff):
        message = await session.get_one(PublishedMessage, file.command_id)
        if message.rectified:
            return None
        return own if await owns(session, principal, file.number) else None
    try:
        access = await staff_access(session, principal, file.number)
    except Problem:
        return None
    if access.by_copy:
        return None
    if access.reporter_hidden is None:
        return own
    message = await session.get_one(PublishedMessage, file.command_id)
    by_staff = message.actor_kind == ActorKind.STAFF
    return own if by_staff else plain_name(1, file.media_type)
