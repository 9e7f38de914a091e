"""`/letterhead`: name, address and logo on the letters of the own agency (*kop surat*)."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from pydantic import AfterValidator, BaseModel, Field

from services.routing.directory.log import record
from services.routing.management_rights import AgencyAdmin, require_admin
from services.routing.models import Letterhead
from shared.attachments import AttachmentMissing, AttachmentStore
from shared.command_requests.directory import agency
from shared.documents import a4
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.limits import rate_limits
from shared.http.problems import FieldError, Problem, validation
from shared.http.transaction import CurrentDatabase, Transaction
from shared.http.uploads import FILES, store_all
from shared.values.text import normalise

LOGO_LIMIT = 1024 * 1024
"""Bytes."""
_FORM_LIMIT = LOGO_LIMIT + 64 * 1024
_LOGO_TYPES = ("image/png", "image/jpeg")
_Lines = Annotated[str, AfterValidator(normalise), Form(max_length=500)]


class ShownLetterhead(BaseModel):
    """An agency without a letterhead has only its name at the top of its letters."""

    name: str
    address: str
    logo: bool = Field(description="Whether there is a logo")


router = APIRouter(tags=["management"], responses=problem_responses(401, 403, 422))


@router.get("/letterhead")
async def read_letterhead(staff: AgencyAdmin, session: Transaction) -> ShownLetterhead:
    """The letterhead of the own agency."""
    row = await session.get(Letterhead, staff.agency_id)
    own = await agency(session, staff.agency_id)
    name = row.name if row else own.name if own else ""
    return ShownLetterhead(
        name=name, address=row.address if row else "", logo=bool(row and row.logo_key)
    )


@router.put(
    "/letterhead",
    max_body_size=_FORM_LIMIT,
    responses=problem_responses(400, 429),
    dependencies=[
        Depends(require_admin),
        Depends(only_parts("name", "address", "without_logo", "logo")),
    ],
)
async def keep_letterhead(
    staff: AgencyAdmin,
    database: CurrentDatabase,
    request: Request,
    name: _Lines,
    address: _Lines = "",
    without_logo: Annotated[bool, Form(description="Remove the present logo")] = False,
    logo: Annotated[UploadFile | None, File(description="PNG or JPEG, at most 1 MB")] = None,
) -> ShownLetterhead:
    """Save the letterhead of the own agency. The logo stays as it is if none is sent."""
    if not name:
        raise validation(FieldError("name", "text_empty"))
    await rate_limits(request).take(FILES, f"staff:{staff.id}")
    store: AttachmentStore = request.app.state.attachments
    kept = await _stored(store, logo) if logo is not None and (logo.filename or logo.size) else None
    try:
        async with database.session() as session:
            row = await session.get(Letterhead, staff.agency_id)
            former = row.logo_key if row else None
            key = kept or (None if without_logo else former)
            row = row or Letterhead(agency_id=staff.agency_id, name=name, address=address)
            row.name, row.address, row.logo_key = name, address, key
            session.add(row)
            own = staff.agency_id
            record(session, staff, own, "agency", own, "change", letterhead=True)
    except Exception:
        if kept:
            await store.delete(kept)
        raise
    if former and former != key:
        await store.delete(former)
    return ShownLetterhead(name=row.name, address=row.address, logo=key is not None)


async def head_of(row: Letterhead | None, store: AttachmentStore, name: str) -> a4.Letterhead:
    """The letterhead of the agency's letters; a plain one with its name if it has saved none."""
    if row is None:
        return a4.Letterhead(name=name)
    logo = None
    if row.logo_key:
        try:
            logo = b"".join([part async for part in await store.open(row.logo_key)])
        except AttachmentMissing:
            logo = None
    return a4.Letterhead(name=row.name, address=row.address, logo=logo)


async def _stored(store: AttachmentStore, logo: UploadFile) -> str:
    """Store the logo and return its key. It is opened and cleaned like any file; 422 for a file
    that is not a printable picture."""
    if (logo.size or 0) > LOGO_LIMIT:
        raise validation(FieldError("logo", "logo_not_taken"))
    try:
        [kept] = await store_all(store, [logo], "logo", anonymous=False)
    except Problem as problem:
        if problem.status != 422:
            raise
        # Its message lists the kinds of files for reports, such as documents and films.
        raise validation(FieldError("logo", "logo_not_taken")) from None
    if kept.media_type not in _LOGO_TYPES:
        await store.delete(kept.key)
        raise validation(FieldError("logo", "logo_not_taken"))
    return kept.key
