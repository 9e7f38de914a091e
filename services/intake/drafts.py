"""Files of a form before it is sent: the portal keeps them here from one page to the next."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, File, Header, Path, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from services.intake.resources import Intake
from shared.attachments import MAX_SIZE, AttachmentMissing
from shared.attachments.drafts import NoRoomForDrafts, TooManyDrafts
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited
from shared.http.problems import FieldError, not_found, unavailable, validation

UPLOADS = Limit("drafts", 300, 600)
"""Of one address: as many files as its submissions may bring, with some chosen again."""
UPLOADS_A_DAY = Limit("drafts_day", 150, 86_400)
"""Of one address: else it could fill, hour after hour, what is there for all."""
READS = Limit("draft_reads", 300, 600)
"""Of one address: a form reads its files again when it is sent."""
PIECE = 64 * 1024

router = APIRouter(prefix="/drafts", tags=["Submission"])

Owner = Annotated[
    str,
    Header(
        alias="Draft-Owner",
        min_length=32,
        max_length=100,
        description="A secret of the caller's making; only with it is a draft found again",
    ),
]
DraftId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class Draft(BaseModel):
    id: str
    size: int = Field(description="Bytes")


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(limited(UPLOADS_A_DAY)), Depends(limited(UPLOADS))],
    responses=problem_responses(413, 429, 503),
    max_body_size=MAX_SIZE + 64 * 1024,
)
async def keep_draft(
    owner: Owner, intake: Intake, file: Annotated[UploadFile, File(description="At most 10 MB")]
) -> Draft:
    """Keep a file for twelve hours, as it comes. What it is, and how it may be served, is looked
    at when it is sent: only then is it known whether its sender is anonymous."""
    size = file.size or 0
    if not 0 < size <= MAX_SIZE:
        raise validation(FieldError("file", "draft_too_large" if size else "draft_empty"))
    try:
        return Draft(id=await intake.drafts.put(owner, file.file, size), size=size)
    except TooManyDrafts:
        raise validation(FieldError("file", "draft_too_many")) from None
    except NoRoomForDrafts:
        raise unavailable(seconds=600) from None


@router.get(
    "/{draft_id}",
    dependencies=[Depends(limited(READS))],
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file as it came"},
        **problem_responses(404, 429),
    },
)
async def read_draft(draft_id: DraftId, owner: Owner, intake: Intake) -> Response:
    """The file, to the person who kept it."""
    try:
        return _InPieces(await intake.drafts.open(owner, draft_id))
    except AttachmentMissing:
        raise not_found() from None


@router.delete("/{draft_id}", status_code=204)
async def forget_draft(draft_id: DraftId, owner: Owner, intake: Intake) -> None:
    """Delete the file, if it is there."""
    await intake.drafts.delete(owner, draft_id)


class _InPieces(StreamingResponse):
    """A file read from disk as fast as it is taken, and closed in any case."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        super().__init__(
            _pieces(file),
            media_type="application/octet-stream",
            headers={"Content-Disposition": "attachment", "Cache-Control": "no-store"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # also where the reader left before the first byte
            self._file.close()


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece
