"""Downloading attachments, for those who may see them."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.intake.reading.rows import (
    attachments_of,
    attachments_of_messages,
    find_report,
    is_own,
    is_published,
    public_files,
)
from services.intake.resources import Intake
from shared.attachments import AttachmentMissing, serving_headers
from shared.database.views import MessageFile, ReportFile
from shared.http.auth import OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, not_found
from shared.http.transaction import Transaction

router = APIRouter(tags=["Reading"])


@router.get(
    "/reports/{number}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file"},
        **problem_responses(401, 404, 409),
    },
)
async def download_attachment(
    number: ReportNumber,
    attachment_id: UUID,
    principal: OptionalPrincipal,
    session: Transaction,
    intake: Intake,
    inline: bool = False,
) -> StreamingResponse:
    """Download a file. The reporter of a report, or its partner system, gets every file of the
    report and of the agency's messages. The public gets the files of a published report that its
    verifier released. Staff download from routing, which logs it."""
    report = await find_report(session, number)
    if report is None:
        raise not_found()
    files: list[ReportFile | MessageFile] = []
    if is_own(report, principal):
        files += await attachments_of(session, number)
        files += await attachments_of_messages(session, number)
    elif is_published(report):
        files += public_files(await attachments_of(session, number))
    file = next((file for file in files if file.id == attachment_id), None)
    if file is None:
        raise not_found()
    if not file.served or file.key is None:
        raise conflict(f"file_{file.state}")
    try:
        content = await intake.store.open(file.key)
    except AttachmentMissing:
        raise not_found() from None
    headers = serving_headers(file.name, file.media_type, inline=inline)
    headers["Content-Length"] = str(file.size)
    return StreamingResponse(content, headers=headers, media_type=file.media_type)
