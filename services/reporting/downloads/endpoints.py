"""`POST /downloads`: *Unduh Excel*, *Unduh Grafik*, CSV and JSON Lines. Small files are sent at
once."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.downloads import large_downloads as background
from services.reporting.downloads.job_of import job_of
from services.reporting.downloads.log import log_download
from services.reporting.downloads.permission import agency_of
from services.reporting.downloads.process import MakingFailed, make_file
from services.reporting.files.conditions import where
from services.reporting.files.job import CHARTS, MEDIA_TYPES, Format, file_name
from services.reporting.files.reading import count_statement
from services.reporting.files.selection import FIELDS, STATUSES, DownloadTab, Selection
from shared.attachments.serving import serving_headers
from shared.command_requests.directory import Agency
from shared.database.engine import plan_each_time, raw
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.problems import unavailable
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase
from shared.labels import label
from shared.settings import Settings

SMALL = 3_000
"""The most rows that are sent at once; files with more are made in the background."""
SMALL_FOR_CHARTS = 100_000
"""The same limit for charts, which read much less of each row."""
AT_A_TIME = 2
"""The number of files that one process of the service makes at a time."""
PATIENCE = 20.0
"""Seconds that a further request waits for its turn."""
_PER_PERSON = Limit("download", 30, 600)

router = APIRouter(tags=["downloads"], responses=problem_responses(401, 403, 404, 422, 429, 503))


class DownloadRequest(BaseModel):
    """What to download, and in which format."""

    selection: Selection
    format: Format = Format.XLSX


class TabFields(BaseModel):
    """A sub-tab of *Monitoring > Reporting* and the fields by which it can be filtered."""

    tab: DownloadTab
    label: str
    fields: list[str] = Field(description="Names in `selection`")
    statuses: list[str]
    formats: list[Format]


@router.get("/downloads/tabs")
async def download_tabs(staff: CurrentStaff) -> list[TabFields]:
    """List the sub-tabs, in the order in which people see them."""
    return [
        TabFields(
            tab=tab,
            label=label("download_tab", tab),
            fields=list(FIELDS[tab]),
            statuses=[*STATUSES.get(tab, ())],
            formats=[*Format],
        )
        for tab in DownloadTab
    ]


@router.post(
    "/downloads",
    response_class=Response,
    responses={
        200: {
            "description": "The file",
            "content": {
                kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for kind in MEDIA_TYPES.values()
            },
        },
        202: {
            "description": "Large: it is being made; `Location` says how far it is",
            "model": background.DownloadView,
        },
    },
)
async def download(
    form: DownloadRequest, request: Request, staff: CurrentStaff, database: CurrentDatabase
) -> Response:
    """Download a file of the reports or people that the caller may see.

    Reports are those that an agency in the caller's subtree handles now. The file never shows who
    reported.
    """
    await rate_limits(request).take(_PER_PERSON, str(staff.id))
    limit = SMALL_FOR_CHARTS if form.format in CHARTS else SMALL
    async with database.session() as session:
        agency = await agency_of(session, staff, form.selection)
        rows = await _count(session, form.selection, agency, staff, limit + 1)
    if rows > limit:
        async with database.session() as session:
            total = await _count(session, form.selection, agency, staff, None)
        kept = await background.ask_for(
            request, database, staff, form.selection, form.format, total, agency.zone
        )
        return JSONResponse(
            kept.model_dump(mode="json"),
            202,
            {"Location": f"/downloads/{kept.id}", "Retry-After": "2"},
        )
    settings: Settings = request.app.state.settings
    async with _turn(request.app.state.making):
        with tempfile.TemporaryDirectory(prefix="lapor-download-") as folder:
            job = job_of(settings, form.selection, form.format, agency, staff, Path(folder))
            try:
                rows = await make_file(job)
            except MakingFailed as failed:
                raise unavailable("download_failed") from failed
            # The folder is deleted now; the open file exists until it is sent.
            file = job.output.open("rb")
    async with database.session() as session:
        await log_download(session, staff, "made", form.selection, form.format, rows)
    name = file_name(form.selection, form.format, job.at, agency.zone)
    headers = serving_headers(name, MEDIA_TYPES[form.format])
    headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    headers["X-Row-Count"] = str(rows)
    return StreamingResponse(_chunks(file), headers=headers)


def making_slots() -> asyncio.Semaphore:
    """Return the semaphore for `app.state.making`, which limits the files made at a time."""
    return asyncio.Semaphore(AT_A_TIME)


async def _count(
    session: AsyncSession, selection: Selection, agency: Agency, staff: Staff, limit: int | None
) -> int:
    condition = where(selection, agency.id, staff.agency_id, agency.zone)
    await plan_each_time(session)
    connection = await raw(session)
    statement = count_statement(selection.tab, condition, limit)
    cursor = await connection.execute(statement.encode(), condition.parameters)
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


@asynccontextmanager
async def _turn(slots: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            await slots.acquire()
    except TimeoutError:
        raise unavailable("downloads_busy", seconds=30) from None
    try:
        yield
    finally:
        slots.release()


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, 256 * 1024):
            yield chunk
