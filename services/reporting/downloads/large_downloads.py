"""Large downloads: their owner requests, watches, cancels, resumes and fetches them."""

import logging
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.reporting.downloads import names
from services.reporting.downloads.log import log_download
from services.reporting.downloads.permission import agency_of
from services.reporting.downloads.storage import KeptFiles
from services.reporting.files.job import MEDIA_TYPES, Format, file_name
from services.reporting.files.selection import DownloadTab, Selection
from services.reporting.late_client import LateClient
from services.reporting.models import Download
from shared.attachments.serving import serving_headers
from shared.database.columns import now
from shared.database.engine import Database
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import conflict, not_found
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels import label
from shared.lifecycle.calendar import Zone

router = APIRouter(tags=["downloads"], responses=problem_responses(401, 403, 404, 422))

DownloadId = Annotated[UUID, Path(alias="id")]
_LISTED = 50


class DownloadView(BaseModel):
    """A large download and its progress."""

    id: UUID
    tab: DownloadTab
    format: Format
    selection: Selection
    name: str
    state: str = Field(description="waiting, running, done, cancelled, failed or expired")
    state_label: str
    rows_done: int
    rows_total: int
    share: float = Field(description="From 0 to 1")
    size: int | None = Field(description="Size in bytes, once done")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When the file is deleted")
    file: str | None = Field(description="Where to download the file, once done")

    @classmethod
    def of(cls, row: Download) -> "DownloadView":
        done = row.state == "done"
        share = min(row.rows_done / row.rows_total, 0.99) if row.rows_total else 0.0
        return cls(
            **row.model_dump(include={"id", "tab", "format", "selection", "name", "state"}),
            state_label=label("download_state", row.state),
            rows_done=row.rows_done,
            rows_total=row.rows_total,
            share=1.0 if row.state == "done" else share,
            size=row.size,
            created_at=row.created_at,
            finished_at=row.finished_at,
            expires_at=row.expires_at,
            file=f"/downloads/{row.id}/file" if done else None,
        )


async def ask_for(
    request: Request,
    database: Database,
    staff: Staff,
    selection: Selection,
    format: Format,
    rows: int,
    zone: Zone,
) -> DownloadView:
    """Save and log a request for a large download, and start making it. If Temporal is unavailable,
    the worker starts it later."""
    row = Download(
        id=uuid4(),
        staff_id=staff.id,
        agency_id=staff.agency_id,
        tab=selection.tab,
        format=format,
        selection=selection.model_dump(mode="json", exclude_defaults=True),
        name=file_name(selection, format, now(), zone),
        state="waiting",
        rows_total=rows,
        created_at=now(),
    )
    view = DownloadView.of(row)
    async with database.session() as session:
        session.add(row)
        await log_download(session, staff, "asked", selection, format, rows, row.id)
    await _start(request, view.id, 1)
    return view


@router.get("/downloads")
async def downloads(staff: CurrentStaff, session: Transaction) -> list[DownloadView]:
    """List the caller's own large downloads, newest first."""
    own = col(Download.staff_id) == staff.id, col(Download.agency_id) == staff.agency_id
    newest = select(Download).where(*own).order_by(col(Download.created_at).desc())
    return [DownloadView.of(row) for row in await session.scalars(newest.limit(_LISTED))]


@router.get("/downloads/{id}")
async def download_progress(
    download_id: DownloadId, staff: CurrentStaff, session: Transaction
) -> DownloadView:
    """Return the progress of a download. Clients may poll it every second or two."""
    return DownloadView.of(await _own(session, staff, download_id))


@router.post("/downloads/{id}/cancel", responses=problem_responses(409))
async def cancel_download(
    download_id: DownloadId, staff: CurrentStaff, session: Transaction
) -> DownloadView:
    """Cancel a download. The work on it stops within a second or two."""
    row = await _own(session, staff, download_id, lock=True)
    if row.state in {"waiting", "running"}:
        row.state, row.finished_at = "cancelled", now()
    elif row.state != "cancelled":
        raise conflict("download_over")
    session.add(row)
    return DownloadView.of(row)


@router.post("/downloads/{id}/resume", responses=problem_responses(409))
async def resume_download(
    download_id: DownloadId, request: Request, staff: CurrentStaff, database: CurrentDatabase
) -> DownloadView:
    """Resume a cancelled or failed download from where it stopped. After a day it expires
    instead."""
    async with database.session() as session:
        row = await _own(session, staff, download_id, lock=True)
        if row.state in {"done", "expired"}:
            raise conflict("download_over")
        again = row.state in {"cancelled", "failed"}
        if again:
            row.state, row.attempt = "waiting", row.attempt + 1
            row.finished_at = None
            session.add(row)
        view, attempt = DownloadView.of(row), row.attempt
    if again:
        await _start(request, view.id, attempt)
    return view


@router.get(
    "/downloads/{id}/file",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file",
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        },
        **problem_responses(409),
    },
)
async def download_file(
    download_id: DownloadId, request: Request, staff: CurrentStaff, database: CurrentDatabase
) -> StreamingResponse:
    """Fetch the file of a large download, until it expires. Only its owner may fetch it, and only
    while they may still request such a file."""
    kept: KeptFiles = request.app.state.kept
    async with database.session() as session:
        row = await _own(session, staff, download_id)
        if row.state != "done" or (row.expires_at and row.expires_at <= now()):
            raise conflict("download_not_ready")
        selection = Selection.model_validate(row.selection)
        await agency_of(session, staff, selection)
        try:
            content = await kept.open(row.id)
        except FileNotFoundError:
            raise conflict("download_not_ready") from None
        await log_download(session, staff, "fetched", selection, row.format, row.rows_done, row.id)
    headers = serving_headers(row.name, MEDIA_TYPES[Format(row.format)])
    headers["Content-Length"] = str(row.size)
    return StreamingResponse(content, headers=headers)


async def _own(
    session: AsyncSession, staff: Staff, download_id: UUID, *, lock: bool = False
) -> Download:
    """Return the caller's own download, if they requested it at the agency where they still work.
    Raises the 404 problem otherwise."""
    row = await session.get(Download, download_id, with_for_update=lock)
    if row is None or (row.staff_id, row.agency_id) != (staff.id, staff.agency_id):
        raise not_found("download_not_found")
    return row


async def _start(request: Request, download_id: UUID, attempt: int) -> None:
    from temporalio.service import RPCError

    temporal: LateClient = request.app.state.temporal
    try:
        await names.start(await temporal.get(), download_id, attempt)
    except (RPCError, RuntimeError) as error:
        # The worker looks for waiting downloads every half minute.
        fields = {"download": str(download_id), "error": type(error).__name__}
        _log.warning("Temporal is away, a download waits", extra={"fields": fields})


_log = logging.getLogger("lapor.reporting")
