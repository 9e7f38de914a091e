"""*Pimpinan*: who leads an agency, and where the weekly letter goes."""

from typing import Final

from fastapi import APIRouter, Response

from services.portal.contracts.routing import ManagedAgency
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.managing import require_manager
from shared.http.paths import Id
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/instansi/{agency_id}/pimpinan", include_in_schema=False)

NAMES = {"name": "Nama", "title": "Jabatan", "email": "Surel"}
LETTER_STATES: Final = {
    "unproven": "menunggu pimpinan membuka tautan di surelnya",
    "proven": "dikirim setiap awal pekan",
    "lapsed": "tidak dikirim; surel terakhir dikonfirmasi lebih dari setahun lalu",
    "undeliverable": "tidak dikirim; surel ini tidak dapat dijangkau",
    "stopped": "dihentikan oleh pimpinan",
}


@router.get("")
async def leader(page_request: PanelRequest, agency_id: Id) -> Response:
    return await _page(page_request, agency_id, None)


@router.post("")
async def name_leader(page_request: PanelRequest, agency_id: Id) -> Response:
    form = FormData(await page_request.form(*NAMES), NAMES)
    body = {name: form.get(name) for name in NAMES}
    try:
        await page_request.call("routing", "PUT", _path(agency_id), json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, agency_id, form, problem.status)
    return page_request.go(f"/panel/instansi/{agency_id}", "Data pimpinan disimpan.")


@router.post("/hapus")
async def remove_leader(page_request: PanelRequest, agency_id: Id) -> Response:
    await page_request.form()
    await page_request.call("routing", "DELETE", _path(agency_id))
    notice = "Surat mingguan tidak dikirim lagi."
    return page_request.go(f"/panel/instansi/{agency_id}", notice)


async def _page(
    page_request: PageRequest, agency_id: int, form: FormData | None, status: int = 200
) -> Response:
    require_manager(page_request)
    path = f"/management/agencies/{agency_id}"
    agency = await page_request.read("routing", path, ManagedAgency)
    known = agency.leader
    if form is None:
        form = FormData(known.model_dump(include=set(NAMES)) if known else {}, NAMES)
    return page_request.page(
        "panel/leader.html", status, form=form, agency=agency, letter_states=LETTER_STATES
    )


def _path(agency_id: int) -> str:
    return f"/management/agencies/{agency_id}/leader"
