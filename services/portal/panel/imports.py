"""*Impor*: agencies and people from a spreadsheet: checked row by row, then that file imported."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.downloads import PassedOn
from services.portal.form_data import Filled, files_of
from services.portal.page_request import PanelVisit, Visit
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/impor", include_in_schema=False)

FILE_LIMIT = 6 * 1024 * 1024
"""Bytes of the form; the spreadsheet itself may have five million."""


@router.get("")
async def import_form(visit: PanelVisit) -> Response:
    return await _form(visit, Filled())


@router.get("/templat")
async def template(visit: PanelVisit) -> Response:
    return PassedOn(await visit.download("routing", "/management/imports/template"))


@router.post("", max_body_size=FILE_LIMIT)
async def begin(visit: PanelVisit) -> Response:
    sent = await visit.form()
    form = Filled(sent, {"file": "Berkas"})
    files = files_of(sent, "file", "file")
    if not files:
        form.wrong["file"] = "Pilih berkas .xlsx dahulu."
        return await _form(visit, form, 422)
    try:
        async with visit.carrying():
            answer = await visit.call(
                "routing", "POST", "/management/imports", files=files, data={"dry_run": "true"}
            )
    except Problem as problem:
        form.refuse(problem)
        return await _form(visit, form, problem.status)
    return visit.go(f"/panel/impor/{answer.json()['id']}")


@router.get("/{import_id}")
async def progress(visit: PanelVisit, import_id: UUID) -> Response:
    """How far it is; the page looks again by itself."""
    return await _job(visit, import_id, Filled())


@router.post("/{import_id}/impor")
async def import_now(visit: PanelVisit, import_id: UUID) -> Response:
    """Import the file that was checked."""
    form = Filled(await visit.form())
    try:
        answer = await visit.call("routing", "POST", f"/management/imports/{import_id}/run")
    except Problem as problem:
        form.refuse(problem)
        return await _job(visit, import_id, form, problem.status)
    return visit.go(f"/panel/impor/{answer.json()['id']}")


@router.post("/{import_id}/tautan")
async def links(visit: PanelVisit, import_id: UUID) -> Response:
    """The spreadsheet of one-time links: it exists in this answer alone."""
    await visit.form()
    path = f"/management/imports/{import_id}/links"
    return PassedOn(await visit.download("routing", path, method="POST"))


async def _job(visit: Visit, import_id: UUID, form: Filled, status: int = 200) -> Response:
    shown = await visit.read("routing", f"/management/imports/{import_id}")
    return visit.page("panel/import.html", status, job=shown, form=form)


async def _form(visit: Visit, form: Filled, status: int = 200) -> Response:
    former = await visit.read("routing", "/management/imports")
    return visit.page("panel/import_form.html", status, form=form, former=former)
