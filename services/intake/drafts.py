"""Files of a form before it is sent: the portal keeps them here from one page to the next."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Header, Path, Response, UploadFile
from pydantic import BaseModel, Field

from services.intake.resources import Intake
from shared.attachments import MAX_SIZE, AttachmentMissing
from shared.attachments.drafts import NoRoomForDrafts, TooManyDrafts
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited
from shared.http.problems import FieldError, not_found, unavailable, validation

UPLOADS = Limit("drafts", 300, 600)
"""Of one address: as many files as its submissions may bring, with some chosen again."""

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
    dependencies=[Depends(limited(UPLOADS))],
    responses=problem_responses(413, 429, 503),
    max_body_size=MAX_SIZE + 64 * 1024,
)
async def keep_draft(
    owner: Owner, intake: Intake, file: Annotated[UploadFile, File(description="At most 10 MB")]
) -> Draft:
    """Keep a file for twelve hours, as it comes. What it is, and how it may be served, is looked
    at when it is sent: only then is it known whether its sender is anonymous."""
    content = await file.read(MAX_SIZE + 1)
    if not 0 < len(content) <= MAX_SIZE:
        raise validation(FieldError("file", "draft_too_large" if content else "draft_empty"))
    try:
        return Draft(id=await intake.drafts.put(owner, content), size=len(content))
    except TooManyDrafts:
        raise validation(FieldError("file", "draft_too_many")) from None
    except NoRoomForDrafts:
        raise unavailable(seconds=600) from None


@router.get(
    "/{draft_id}",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file as it came"},
        **problem_responses(404),
    },
)
async def read_draft(draft_id: DraftId, owner: Owner, intake: Intake) -> Response:
    """The file, to who kept it."""
    try:
        content = await intake.drafts.read(owner, draft_id)
    except AttachmentMissing:
        raise not_found() from None
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": "attachment", "Cache-Control": "no-store"},
    )


@router.delete("/{draft_id}", status_code=204)
async def forget_draft(draft_id: DraftId, owner: Owner, intake: Intake) -> None:
    """Delete the file, if it is there."""
    await intake.drafts.delete(owner, draft_id)
