"""*Monitoring > Reporting*: sub-tabs with their filters; files sent at once, and large ones made in
the background."""

from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.contracts.reporting import DownloadView, TabFields
from services.portal.downloads import PassedOn
from services.portal.form_data import FormData, searched
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.agency_finding import offered
from services.portal.passed_over import only_days, only_known
from shared.http.problems import Problem
from shared.labels import labels
from shared.lifecycle.people import Role

router = APIRouter(prefix="/panel/unduh", include_in_schema=False)

NAMES = labels("download_field")
_MANY = ("category", "classification", "channel", "status", "role")
_YES_OR_NO = ("anonymous", "secret", "priority", "held", "overdue", "linked", "active")
_PLAIN = ("scope", "submitted_from", "submitted_to")
_FIELDS = {f"selection.{name}": name for name in NAMES}
_SENT = (
    *("tab", *_MANY, *_YES_OR_NO, *_PLAIN),
    *references.REGION_LEVELS,
    *searched("agency"),
)
_SHOWN_AGAIN = ("", "diam", "cari", "wilayah")
"""Steps of the form that do not download anything; the other steps are formats."""


class Change(StrEnum):
    """What can be done to a large download, as the address names it."""

    CANCEL = "batal"
    RESUME = "lanjutkan"


@router.get("")
async def downloads(page_request: PanelRequest) -> Response:
    return await _page(page_request, FormData(dict(page_request.request.query_params), NAMES))


@router.post("")
async def download(page_request: PanelRequest) -> Response:
    """Return the file; a large one is made in the background and appears in the list."""
    form = FormData(await page_request.form(*_SENT), NAMES)
    if form.get("langkah") in _SHOWN_AGAIN:
        return await _page(page_request, form)
    if references.left_unchosen(form, _SENT):
        return await _page(page_request, form, 422)
    body = {"selection": _selection(form), "format": form.get("langkah")}
    try:
        file = await page_request.download("reporting", "/downloads", method="POST", json=body)
    except Problem as problem:
        form.refuse(problem, {"selection": "tab", **_FIELDS, "selection.region": "province"})
        return await _page(page_request, form, problem.status)
    if file.answer.status_code == 202:
        await file.close()
        return page_request.go("/panel/unduh/daftar", "Berkas ini besar dan sedang dibuat.")
    return PassedOn(file)


@router.get("/daftar")
async def list_downloads(page_request: PanelRequest) -> Response:
    own = await page_request.read("reporting", "/downloads", list[DownloadView])
    under_way = any(download.state in ("waiting", "running") for download in own)
    return page_request.page("panel/downloads_kept.html", downloads=own, under_way=under_way)


@router.get("/daftar/{download_id}")
async def fetch(page_request: PanelRequest, download_id: UUID) -> Response:
    path = f"/downloads/{download_id}/file"
    return PassedOn(await page_request.download("reporting", path))


@router.post("/daftar/{download_id}/{what}")
async def change(page_request: PanelRequest, download_id: UUID, what: Change) -> Response:
    await page_request.form()
    step = "cancel" if what is Change.CANCEL else "resume"
    await page_request.call("reporting", "POST", f"/downloads/{download_id}/{step}")
    words = "Unduhan dibatalkan." if step == "cancel" else "Unduhan dibuat lagi."
    return page_request.go("/panel/unduh/daftar", words)


def _selection(form: FormData) -> dict[str, object]:
    selection: dict[str, object] = {"tab": form.get("tab"), **form.filled(*_PLAIN)}
    for name in _MANY:
        if form.all(name):
            selection[name] = form.all(name)
    for name in _YES_OR_NO:
        if form.get(name):
            selection[name] = form.get(name) == "ya"
    if region := references.region_code(form):
        selection["region"] = region
    return selection | form.filled_ids("agency")


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    tabs = await page_request.read("reporting", "/downloads/tabs", list[TabFields])
    if page_request.session.role is Role.LIAISON_OFFICER:
        tabs = [tab for tab in tabs if tab.tab != "users"]
    categories = references.with_chosen_category(form, await references.categories(page_request))
    if page_request.request.method == "GET":
        only_days(page_request.request, "submitted_from", "submitted_to")
        only_known(
            page_request.request,
            tab=[tab.tab for tab in tabs],
            scope=("own", "below"),
            **{name: labels(name) for name in ("classification", "channel", "status", "role")},
        )
    tab = next((tab for tab in tabs if tab.tab == form.get("tab")), tabs[0])
    if page_request.request.method == "GET" and tab.statuses:
        only_known(page_request.request, status=tab.statuses)
    form.set("tab", tab.tab)
    return page_request.page(
        "panel/downloads.html",
        status,
        form=form,
        tabs=tabs,
        tab=tab,
        agencies=await offered(page_request, form, "agency", below=True),
        categories=categories,
        regions=await references.regions(page_request, form) if "region" in tab.fields else [],
        formats=tab.formats,
        yes_or_no=[name for name in _YES_OR_NO if name in tab.fields],
    )
