"""Keeps the files of a form between its pages, before the report is submitted."""

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
"""For one address: as many files as its submissions may have, with some uploaded again."""
UPLOADS_A_DAY = Limit("drafts_day", 150, 86_400)
"""For one address: otherwise it could fill, hour after hour, the space that all share."""
READS = Limit("draft_reads", 300, 600)
"""For one address: a form reads its files again when it is submitted."""
PIECE = 64 * 1024

router = APIRouter(prefix="/drafts", tags=["Submission"])

Owner = Annotated[
    str,
    Header(
        alias="Draft-Owner",
        min_length=32,
        max_length=100,
        description="A secret that the caller chooses; a draft is found only with it",
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
    """Keep a file for twelve hours, unchanged. Its type is checked when the report is submitted:
    only then is it known whether the reporter is anonymous."""
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
    """Download the file; only the person who uploaded it can."""
    try:
        return _InPieces(await intake.drafts.open(owner, draft_id))
    except AttachmentMissing:
        raise not_found() from None


@router.delete("/{draft_id}", status_code=204)
async def forget_draft(draft_id: DraftId, owner: Owner, intake: Intake) -> None:
    """Delete the file, if it exists."""
    await intake.drafts.delete(owner, draft_id)


class _InPieces(StreamingResponse):
    """Sends a file from disk in pieces as the client reads it, and always closes it."""

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
        finally:  # also if the client left before the first byte
            self._file.close()


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece
