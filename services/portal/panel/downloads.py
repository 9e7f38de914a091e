"""*Monitoring > Reporting*: sub-tabs with their filters, files at once, large ones to wait for."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.downloads import PassedOn
from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from services.portal.panel.choices import search
from services.portal.references import keep_chosen
from shared.http.problems import Problem
from shared.labels import labels

router = APIRouter(prefix="/panel/unduh", include_in_schema=False)

NAMES = labels("download_field")
_MANY = ("category", "classification", "channel", "status", "role")
_YES_OR_NO = ("anonymous", "secret", "priority", "held", "overdue", "active")
_PLAIN = ("scope", "submitted_from", "submitted_to")
_FIELDS = {f"selection.{name}": name for name in NAMES}
FORMATS = ("xlsx", "png", "pdf", "svg", "csv", "jsonl")


class Change(StrEnum):
    """What can be done to a large download, as it stands in the address."""

    CANCEL = "batal"
    RESUME = "lanjutkan"


@router.get("")
async def downloads(visit: PanelVisit) -> Response:
    return await _page(visit, Filled(dict(visit.request.query_params), NAMES))


@router.post("")
async def download(visit: PanelVisit) -> Response:
    """The file; a large one is made in the background and waits in the list."""
    form = Filled(await visit.form(), NAMES)
    if form.get("langkah") not in FORMATS:
        return await _page(visit, form)
    body = {"selection": _selection(form), "format": form.get("langkah")}
    try:
        file = await visit.download("reporting", "/downloads", method="POST", json=body)
    except Problem as problem:
        form.refuse(problem, {"selection": "tab", **_FIELDS, "selection.region": "province"})
        return await _page(visit, form, problem.status)
    if file.answer.status_code == 202:
        await file.close()
        return visit.go("/panel/unduh/daftar", "Berkas ini besar dan sedang dibuat.")
    return PassedOn(file)


@router.get("/daftar")
async def kept(visit: PanelVisit) -> Response:
    found = await visit.read("reporting", "/downloads")
    under_way = any(one["state"] in ("waiting", "running") for one in found)
    return visit.page("panel/downloads_kept.html", found=found, under_way=under_way)


@router.get("/daftar/{download_id}")
async def fetch(visit: PanelVisit, download_id: UUID) -> Response:
    path = f"/downloads/{download_id}/file"
    return PassedOn(await visit.download("reporting", path))


@router.post("/daftar/{download_id}/{what}")
async def change(visit: PanelVisit, download_id: UUID, what: Change) -> Response:
    await visit.form()
    step = "cancel" if what is Change.CANCEL else "resume"
    await visit.call("reporting", "POST", f"/downloads/{download_id}/{step}")
    words = "Unduhan dibatalkan." if step == "cancel" else "Unduhan dibuat lagi."
    return visit.go("/panel/unduh/daftar", words)


def _selection(form: Filled) -> dict[str, Any]:
    selection: dict[str, Any] = {"tab": form.get("tab"), **form.given(*_PLAIN)}
    for name in _MANY:
        if form.all(name):
            selection[name] = form.all(name)
    for name in _YES_OR_NO:
        if form.get(name):
            selection[name] = form.get(name) == "ya"
    if region := references.region_code(form):
        selection["region"] = region
    return selection | form.given_ids("agency")


async def _page(visit: Visit, form: Filled, status: int = 200) -> Response:
    tabs = await visit.read("reporting", "/downloads/tabs")
    if visit.session.role == "liaison_officer":
        tabs = [one for one in tabs if one["tab"] != "users"]
    tab = next((one for one in tabs if one["tab"] == form.get("tab")), tabs[0])
    form.set("tab", tab["tab"])
    query = form.get("agency_cari").strip()
    own = visit.session.agency_id
    found = await search(visit, query, below=own) if query else []
    return visit.page(
        "panel/downloads.html",
        status,
        form=form,
        tabs=tabs,
        tab=tab,
        agencies=keep_chosen(form, "agency", found),
        categories=await references.categories(visit),
        regions=await references.regions(visit, form) if "region" in tab["fields"] else [],
        formats=FORMATS,
        yes_or_no=[name for name in _YES_OR_NO if name in tab["fields"]],
    )
