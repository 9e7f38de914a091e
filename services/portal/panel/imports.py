"""*Impor*: imports agencies and people from a spreadsheet, which is first checked row by row."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import ImportListed, ImportShown
from services.portal.downloads import PassedOn
from services.portal.form_data import FormData, files_of
from services.portal.page_request import PageRequest, PanelRequest
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/impor", include_in_schema=False)

FILE_LIMIT = 6 * 1024 * 1024
"""The most bytes of the form; the spreadsheet itself may have five million."""


@router.get("")
async def import_form(page_request: PanelRequest) -> Response:
    return await _form(page_request, FormData())


@router.get("/templat")
async def template(page_request: PanelRequest) -> Response:
    return PassedOn(await page_request.download("routing", "/management/imports/template"))


@router.get("/kode")
async def agency_codes(page_request: PanelRequest) -> Response:
    return PassedOn(await page_request.download("routing", "/management/imports/agency-codes"))


@router.post("", max_body_size=FILE_LIMIT)
async def begin(page_request: PanelRequest) -> Response:
    sent = await page_request.form("file")
    form = FormData(sent, {"file": "Berkas"})
    files = files_of(sent, "file", "file")
    if not files:
        form.wrong["file"] = "Pilih berkas .xlsx dahulu."
        return await _form(page_request, form, 422)
    try:
        async with page_request.carrying():
            answer = await page_request.call(
                "routing", "POST", "/management/imports", files=files, data={"dry_run": "true"}
            )
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, problem.status)
    return page_request.go(f"/panel/impor/{answer_as(ImportShown, answer).id}")


@router.get("/{import_id}")
async def progress(page_request: PanelRequest, import_id: UUID) -> Response:
    """Return the progress of an import; the page reloads itself."""
    return await _job(page_request, import_id, FormData())


@router.post("/{import_id}/impor")
async def import_now(page_request: PanelRequest, import_id: UUID) -> Response:
    """Import the file that was checked."""
    form = FormData(await page_request.form())
    try:
        answer = await page_request.call("routing", "POST", f"/management/imports/{import_id}/run")
    except Problem as problem:
        form.refuse(problem)
        return await _job(page_request, import_id, form, problem.status)
    return page_request.go(f"/panel/impor/{answer_as(ImportShown, answer).id}")


@router.post("/{import_id}/tautan")
async def links(page_request: PanelRequest, import_id: UUID) -> Response:
    """Return the spreadsheet of one-time links; it exists only in this answer."""
    await page_request.form()
    path = f"/management/imports/{import_id}/links"
    return PassedOn(await page_request.download("routing", path, method="POST"))


async def _job(
    page_request: PageRequest, import_id: UUID, form: FormData, status: int = 200
) -> Response:
    shown = await page_request.read("routing", f"/management/imports/{import_id}", ImportShown)
    return page_request.page("panel/import.html", status, job=shown, form=form)


async def _form(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    former = await page_request.read("routing", "/management/imports", list[ImportListed])
    return page_request.page("panel/import_form.html", status, form=form, former=former)
