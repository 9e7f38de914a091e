"""Importing agencies and people from a spreadsheet: as a dry run, or all rows or none."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.imports import workbook
from services.routing.imports.files import KeptImports
from services.routing.imports.runner import ImportRun
from services.routing.management_models import Import, ImportFile
from services.routing.management_rights import Managing, managing
from shared.attachments.sandbox import Sandbox
from shared.attachments.serving import serving_headers
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.views import AgencyEntry
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.limits import rate_limits
from shared.http.problems import conflict, not_found, too_large
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase, Transaction
from shared.http.uploads import FILES

FILE_LIMIT = 5 * 1024 * 1024
"""Bytes of a spreadsheet: ten thousand rows are less than one of five."""
SILENCE = timedelta(seconds=30)
"""An import without a sign of life for this long died with its process; nothing was saved."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

State = Literal["running", "checked", "refused", "done", "failed"]


class RowProblem(BaseModel):
    """`row` is the number in the spreadsheet; 0 is the file itself."""

    sheet: str
    row: int
    field: str
    heading: str
    code: str
    message: str


class ImportShown(BaseModel):
    """The progress: `done` of `total` rows. `checked`: a dry run found no fault; `refused`:
    `problems` lists each bad row and nothing was saved; `failed`: nothing was saved, send it
    again.

    A checked file can be imported until `file_until`; `run_id` is the import that did so.
    """

    id: UUID
    file_name: str
    dry_run: bool
    state: State
    total: int
    done: int
    problems: list[RowProblem]
    agencies: int
    people: int
    at: datetime
    run_id: UUID | None
    file_until: datetime | None


class ImportListed(BaseModel):
    """An earlier import, without its problems."""

    id: UUID
    file_name: str
    dry_run: bool
    state: State
    agencies: int
    people: int
    at: datetime
    run_id: UUID | None


router = APIRouter(
    prefix="/management/imports",
    tags=["management"],
    responses=problem_responses(401, 403, 404, 409, 413, 422),
)


@router.get("/template", response_class=Response)
async def download_template(_: Managing) -> Response:
    """An empty spreadsheet with the headings, and lists of the choices."""
    content = await asyncio.to_thread(workbook.template)
    return Response(content, headers=serving_headers("templat-impor.xlsx", XLSX), media_type=XLSX)


@router.get("/agency-codes", response_class=Response)
async def download_agency_codes(staff: Managing, session: Transaction) -> Response:
    """A spreadsheet of the own agency and all below it, with the codes that imports use."""
    entries = select(AgencyEntry).where(col(AgencyEntry.active))
    below = entries.where(col(AgencyEntry.path).contains([staff.agency_id]))
    agencies = (await session.scalars(below.order_by(col(AgencyEntry.name)))).all()
    codes = {agency.id: agency.code for agency in agencies}
    rows = [[each.code, each.name, codes.get(each.parent_id or 0, "")] for each in agencies]
    headings = [workbook.COLUMNS[workbook.AGENCIES][field] for field in ("code", "name", "parent")]
    content = await asyncio.to_thread(workbook.sheet_of, workbook.AGENCIES, headings, rows)
    return Response(content, headers=serving_headers("kode-instansi.xlsx", XLSX), media_type=XLSX)


@router.get("")
async def list_imports(staff: Managing, session: Transaction) -> list[ImportListed]:
    """One's own latest twenty imports, newest first."""
    own = select(Import).where(col(Import.staff_id) == staff.id)
    jobs = await session.scalars(own.order_by(col(Import.at).desc(), col(Import.id)).limit(20))
    return [
        ImportListed.model_validate(job.model_dump() | {"state": _state(job.state, job.at)})
        for job in jobs
    ]


@router.post(
    "",
    status_code=202,
    max_body_size=FILE_LIMIT + 64 * 1024,
    responses=problem_responses(400, 429),
    dependencies=[Depends(managing), Depends(only_parts("file", "dry_run"))],
)
async def begin_import(
    staff: Managing,
    database: CurrentDatabase,
    request: Request,
    file: Annotated[UploadFile, File(description="An .xlsx file like the template")],
    dry_run: Annotated[bool, Form(description="Check the file without importing it")] = True,
) -> ImportShown:
    """Check a spreadsheet and, unless it is a dry run, import it. Read its progress at
    `/management/imports/{id}`."""
    await rate_limits(request).take(FILES, f"staff:{staff.id}")
    content = await file.read()
    if len(content) > FILE_LIMIT:
        raise too_large()
    job = _job(staff, file.filename or "impor.xlsx", dry_run=dry_run)
    async with database.session() as session:
        session.add(job)
    return _begun(job, staff, _kept(request, database), request.app.state.sandbox, content)


@router.post("/{import_id}/run", status_code=202)
async def import_checked_file(
    import_id: UUID, staff: Managing, database: CurrentDatabase, request: Request
) -> ImportShown:
    """Import the same file that this dry run checked. It is checked again while it is saved, since
    agencies and people may have changed. A repeated request returns the same import."""
    kept = _kept(request, database)
    async with database.session() as session:
        checked = await session.get(Import, import_id, with_for_update=True)
        if checked is None or checked.staff_id != staff.id:
            raise not_found("import_not_found")
        if checked.run_id is not None:
            return await own_import(session, staff, checked.run_id)
        if checked.state != "checked":
            raise conflict("import_not_checked")
        content = await kept.take(session, import_id)
        if content is None:
            raise conflict("import_file_gone")
        job = _job(staff, checked.file_name, dry_run=False)
        session.add(job)
        checked.run_id = job.id
    return _begun(job, staff, kept, request.app.state.sandbox, content)


@router.get("/{import_id}")
async def read_import(import_id: UUID, staff: Managing, session: Transaction) -> ImportShown:
    """The progress of one's own import."""
    return await own_import(session, staff, import_id)


async def own_import(session: AsyncSession, staff: Staff, import_id: UUID) -> ImportShown:
    """One's own import; 404 for any other."""
    job = await session.get(Import, import_id)
    if job is None or job.staff_id != staff.id:
        raise not_found("import_not_found")
    file = await session.get(ImportFile, import_id)
    return _shown(job, file.expires_at if file and file.expires_at > now() else None)


def _job(staff: Staff, file_name: str, *, dry_run: bool) -> Import:
    return Import(
        id=uuid4(),
        staff_id=staff.id,
        file_name=file_name[:200],
        dry_run=dry_run,
        state="running",
        at=now(),
    )


def _shown(job: Import, file_until: datetime | None = None) -> ImportShown:
    state = {"state": _state(job.state, job.at), "file_until": file_until}
    return ImportShown.model_validate({**job.model_dump(), **state})


def _state(saved: str, at: datetime) -> str:
    return "failed" if saved == "running" and at < now() - SILENCE else saved


def _kept(request: Request, database: Database) -> KeptImports:
    return KeptImports(database, request.app.state.identity)


def _begun(
    job: Import, staff: Staff, kept: KeptImports, sandbox: Sandbox, content: bytes
) -> ImportShown:
    """Start the import beside the request. The set keeps its task from being garbage-collected."""
    run = ImportRun(kept.database, kept, sandbox, staff, job.id, job.dry_run)
    task = asyncio.create_task(run.carry_out(content))
    _running.add(task)
    task.add_done_callback(_ended)
    return _shown(job)


def _ended(task: "asyncio.Task[None]") -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()):
        log.error("an import failed", exc_info=error)


log = logging.getLogger("lapor.routing")
_running: set["asyncio.Task[None]"] = set()
