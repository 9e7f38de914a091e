"""*Manajemen Instansi*: find, create, change, move, remove agencies."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import (
    AgencyDetails,
    AgencyRemoved,
    AgencyRow,
    HandoverShown,
    ManagedAgency,
)
from services.portal.form_data import FormData, searched
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.agency_finding import offered
from services.portal.panel.choices import agency_of, read_agency
from services.portal.panel.leaders import LETTER_STATES
from services.portal.panel.managing import require_manager
from services.portal.references import AgencyOption, keep_chosen, left_unchosen
from shared.http.paging import Page
from shared.http.paths import Id
from shared.http.problems import Problem
from shared.labels import labels
from shared.lifecycle.calendar import Zone

router = APIRouter(prefix="/panel/instansi", include_in_schema=False)

NAMES = {
    "code": "Kode",
    "name": "Nama",
    "kind": "Jenis",
    "zone": "Zona waktu",
    "parent_id": "Instansi induk",
    "successor_id": "Instansi pengganti",
    "aliases": "Nama lain",
}
_FIELDS = ("code", "name", "kind", "zone", *searched("parent_id"))
_KEPT = ("name", "kind", "zone", "parent_id")
"""The fields of an agency that can be changed."""


@router.get("")
async def agencies(page_request: PanelRequest) -> Response:
    require_manager(page_request)
    form = FormData(dict(page_request.request.query_params))
    params = {
        **form.filled("q"),
        "below": page_request.session.agency_id,
        "cursor": form.get("lanjut"),
    }
    page = await page_request.filtered("routing", "/agencies", Page[AgencyRow], params)
    return page_request.page("panel/agencies.html", form=form, page=page)


@router.get("/tambah")
async def new_agency(page_request: PanelRequest) -> Response:
    require_manager(page_request)
    parent = page_request.request.query_params.get("induk") or page_request.session.agency_id
    return await _form(
        page_request, FormData({"parent_id": parent, "kind": "unit", "zone": "WIB"}, NAMES)
    )


@router.post("/tambah")
async def create_agency(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form(*_FIELDS), NAMES)
    if form.get("langkah") != "kirim":
        return await _form(page_request, form)
    try:
        answer = await page_request.call(
            "routing", "POST", "/management/agencies", json=_body(form)
        )
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, status=problem.status)
    made = answer_as(AgencyDetails, answer)
    return page_request.go(f"/panel/instansi/{made.id}", "Instansi dibuat.")


@router.get("/{agency_id}")
async def agency(page_request: PanelRequest, agency_id: Id) -> Response:
    known = await managed_agency(page_request, agency_id)
    return await _shown(page_request, known, FormData({"aliases": "; ".join(known.aliases)}, NAMES))


@router.post("/{agency_id}/nama-lain")
async def set_aliases(page_request: PanelRequest, agency_id: Id) -> Response:
    form = FormData(await page_request.form("aliases"), NAMES)
    aliases = [name.strip() for name in form.get("aliases").split(";") if name.strip()]
    if form.get("langkah") == "kirim":
        path = f"/management/agencies/{agency_id}/aliases"
        try:
            await page_request.call("routing", "PUT", path, json={"aliases": aliases})
        except Problem as problem:
            form.refuse(problem)
        else:
            return page_request.go(f"/panel/instansi/{agency_id}", "Nama lain disimpan.")
    known = await managed_agency(page_request, agency_id)
    return await _shown(page_request, known, form, 422 if form.wrong or form.refusal else 200)


async def _shown(
    page_request: PageRequest, known: ManagedAgency, form: FormData, status: int = 200
) -> Response:
    own, successor, in_reach = page_request.session.agency_id, None, False
    if known.successor_id:
        successor = await read_agency(page_request, known.successor_id)
        in_reach = own in successor.path
    # The agencies from one's own down can be opened.
    reach = known.path[known.path.index(own) if own in known.path else 0 :]
    return page_request.page(
        "panel/agency.html",
        status,
        agency=known,
        successor=successor,
        in_reach=in_reach,
        reach=reach,
        form=form,
        letter_states=LETTER_STATES,
    )


@router.get("/{agency_id}/ubah")
async def change_form(page_request: PanelRequest, agency_id: Id) -> Response:
    known = await managed_agency(page_request, agency_id)
    return await _form(page_request, FormData({n: getattr(known, n) for n in _KEPT}, NAMES), known)


@router.post("/{agency_id}/ubah")
async def change_agency(page_request: PanelRequest, agency_id: Id) -> Response:
    form, path = (
        FormData(await page_request.form(*_FIELDS), NAMES),
        f"/management/agencies/{agency_id}",
    )
    known = await managed_agency(page_request, agency_id)
    if form.get("langkah") != "kirim":
        return await _form(page_request, form, known)
    body = {name: value for name, value in _body(form).items() if value != getattr(known, name)}
    try:
        await page_request.call("routing", "PATCH", path, json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, known, problem.status)
    return page_request.go(f"/panel/instansi/{agency_id}", "Data instansi diubah.")


@router.get("/{agency_id}/hapus")
async def removal_form(page_request: PanelRequest, agency_id: Id) -> Response:
    return await _removal(page_request, agency_id, FormData(names=NAMES))


@router.post("/{agency_id}/hapus")
async def remove_agency(page_request: PanelRequest, agency_id: Id) -> Response:
    form = FormData(await page_request.form(*searched("successor_id")), NAMES)
    if form.get("langkah") != "kirim":
        return await _removal(page_request, agency_id, form)
    if left_unchosen(form, searched("successor_id")):
        return await _removal(page_request, agency_id, form, 422)
    params = form.filled("successor_id")
    path = f"/management/agencies/{agency_id}"
    try:
        answer = await page_request.call("routing", "DELETE", path, params=params)
    except Problem as problem:
        form.refuse(problem)
        return await _removal(page_request, agency_id, form, problem.status)
    handover = answer_as(AgencyRemoved, answer).handover
    if handover is None:
        return page_request.go("/panel/instansi", "Instansi dihapus.")
    return page_request.go(f"/panel/instansi/alih/{handover.id}", "Instansi dihapus.")


@router.get("/alih/{handover_id}")
async def handover(page_request: PanelRequest, handover_id: str) -> Response:
    """Return the progress of the successor's takeover; the page reloads itself."""
    path = f"/management/handovers/{handover_id}"
    shown = await page_request.read("routing", path, HandoverShown)
    return page_request.page("panel/handover.html", handover=shown)


async def managed_agency(page_request: PageRequest, agency_id: int) -> ManagedAgency:
    """Return the agency as its admins see it."""
    path = f"/management/agencies/{agency_id}"
    return await page_request.read("routing", path, ManagedAgency)


def _body(form: FormData) -> dict[str, object]:
    return form.filled("code", "name", "kind", "zone") | form.filled_ids("parent_id")


async def _form(
    page_request: PageRequest,
    form: FormData,
    known: ManagedAgency | None = None,
    status: int = 200,
) -> Response:
    own = known.kind if known else None
    kinds = [
        (code, words)
        for code, words in labels("agency_kind").items()
        if code != "central" or own == code
    ]
    return page_request.page(
        "panel/agency_form.html",
        status,
        form=form,
        agency=known,
        kinds=kinds,
        zones=[(zone.value, zone.value) for zone in Zone],
        parents=await _found(page_request, form, "parent_id"),
    )


async def _removal(
    page_request: PageRequest, agency_id: int, form: FormData, status: int = 200
) -> Response:
    known = await managed_agency(page_request, agency_id)
    successors = await _found(page_request, form, "successor_id")
    others = [option for option in successors if option.id != agency_id]
    return page_request.page(
        "panel/agency_removal.html", status, form=form, agency=known, successors=others
    )


async def _found(page_request: PageRequest, form: FormData, name: str) -> list[AgencyOption]:
    chosen = form.id(name)
    if not form.get(f"{name}_cari").strip() and isinstance(chosen, int):
        return keep_chosen(form, name, await agency_of(page_request, chosen))
    return await offered(page_request, form, name, below=True)
