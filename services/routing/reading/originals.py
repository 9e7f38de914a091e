"""Sealed originals of files that were remade, or could not be; opened by the rules for
identities."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import AccessLogEntry
from services.routing.reading.revealing import is_of_pusat, note_reading, reveal_in_force
from shared.attachments import AttachmentMissing, AttachmentStore, serving_headers
from shared.command_requests.report_access import staff_access
from shared.database.sealed_originals import SealedOriginal
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, forbidden, not_found
from shared.http.transaction import Transaction


class SealedLine(BaseModel):
    """A sealed original: what it was, and its hash, with which it can be proven later. Only pusat
    sees the hash: anyone holding a file that may be the original could tell by it who sent it."""

    attachment_id: UUID
    media_type: str
    size: int = Field(description="Bytes, as it was sent")
    sha256: str | None = Field(description="null for everybody except pusat")


router = APIRouter(tags=["reports"])


@router.get(
    "/reports/{number}/attachments/{attachment_id}/original",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file as sent"},
        **problem_responses(401, 403, 404, 409, 422),
    },
)
async def download_original(
    number: ReportNumber,
    attachment_id: UUID,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> Response:
    """The file as the reporter sent it, with everything it may reveal about them. Only for pusat,
    while the person's own reveal of this report is in force (`POST …/reveal`). Every download is
    logged."""
    if (await staff_access(session, staff, number)).by_copy:
        raise not_found("attachment_not_found")
    if not is_of_pusat(staff):
        raise forbidden()
    sealed = await session.get(SealedOriginal, attachment_id)
    if sealed is None or sealed.number != number:
        raise not_found("attachment_not_found")
    granted = await reveal_in_force(session, staff.id, number)
    if granted is None:
        raise conflict("reveal_needed")
    store: AttachmentStore = request.app.state.attachments
    try:
        content = await store.open_sealed(sealed.key, sealed.data_key)
    except AttachmentMissing:
        raise not_found("attachment_not_found") from None
    session.add(
        AccessLogEntry(
            number=number,
            kind="original",
            staff_id=staff.id,
            agency_id=staff.agency_id,
            subject_id=attachment_id,
            reason=granted.reason,
        )
    )
    await note_reading(session, granted)
    headers = serving_headers(sealed.name, "application/octet-stream")
    return Response(content, headers=headers | {"Cache-Control": "private, no-store"})


async def originals_by_message(
    session: AsyncSession, number: int, *, hashes: bool
) -> dict[UUID | None, list[SealedLine]]:
    """The sealed originals of a report, by the message they came with (None: the report itself),
    with or without their hashes."""
    originals = select(SealedOriginal).where(col(SealedOriginal.number) == number)
    in_order = col(SealedOriginal.sealed_at), col(SealedOriginal.attachment_id)
    by_message: dict[UUID | None, list[SealedLine]] = {}
    for original in await session.scalars(originals.order_by(*in_order)):
        line = SealedLine.model_validate(original, from_attributes=True)
        shown = line if hashes else line.model_copy(update={"sha256": None})
        by_message.setdefault(original.command_id, []).append(shown)
    return by_message
