"""*Waktu Proses*: how long each clock runs. Pusat sets it, for the country or for one agency."""

import re
from collections.abc import Iterable

from fastapi import APIRouter, Response

from services.portal.contracts.routing import ChangedLength, FormerPolicy, Length, Policy
from services.portal.form_data import FormData, searched
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.pages import label
from services.portal.panel.agency_finding import offered
from services.portal.panel.choices import read_agency
from services.portal.passed_over import only_known
from services.portal.translation import translated
from shared.http.paging import Page
from shared.http.problems import Problem
from shared.lifecycle.actions import Classification
from shared.lifecycle.clocks import ClockKind

router = APIRouter(prefix="/panel/waktu-proses", include_in_schema=False)

LONGEST = 3650
_PLAIN = [str(kind) for kind in ClockKind if kind is not ClockKind.SETTLEMENT]
_SETTLEMENT = {
    f"settlement_{classification}": str(classification) for classification in Classification
}
FIELDS = [*_PLAIN, *_SETTLEMENT]
_SENT = (*FIELDS, *(f"{name}_unit" for name in FIELDS), *searched("agency_id"))
_ABOUT = {
    "verification": "dari laporan masuk sampai diverifikasi",
    "follow_up": "dari disposisi atau tanggapan pelapor sampai tindak lanjut",
    "auto_close": "dari tindak lanjut terakhir sampai ditutup oleh sistem",
    "request": "untuk memutuskan permintaan instansi di bawah",
    "question": "bagi pelapor untuk melengkapi informasi",
    "closing_notice": "sebelum ditutup oleh sistem: pelapor diberi tahu",
    "escalation": "antara eskalasi keterlambatan ke instansi yang lebih tinggi",
    "proof": "kontak pelapor dipercaya sesudah diverifikasi",
    "rating": "bagi pelapor untuk memberi penilaian sesudah laporan selesai",
}


@router.get("")
async def process_times(page_request: PanelRequest) -> Response:
    chosen = FormData(dict(page_request.request.query_params)).id("instansi")
    if isinstance(chosen, str):
        only_known(page_request.request, instansi=())
    form = FormData({"agency_id": chosen})
    return await _as_set(page_request, form)


@router.post("")
async def set_process_times(page_request: PanelRequest) -> Response:
    """Save the process times. For an agency, only values that differ from those of the agency above
    are saved; it follows that agency in the others."""
    form = FormData(await page_request.form(*_SENT))
    form.names = {name: _name(name) for name in FIELDS} | {"agency_id": "Instansi"}
    if form.get("langkah") == "instansi":
        if form.get("agency_id"):
            return page_request.go(f"/panel/waktu-proses?instansi={form.get('agency_id')}")
        form.wrong["agency_id"] = "Pilih instansi dari daftar."
        return await _as_set(page_request, form, 422)
    if form.get("langkah") == "cari":
        return await _as_set(page_request, form)
    if form.get("langkah") != "kirim":
        return await _page(page_request, form)
    national = _agency(page_request, form) == page_request.session.agency_id
    overrides = _wanted(form, _fields(national=national))
    if isinstance(form.id("agency_id"), str):
        form.wrong["agency_id"] = "Pilih instansi dari daftar."  # not for the whole country
    if form.wrong:
        return await _page(page_request, form, 422)
    agency_id = _agency(page_request, form)
    if not national:
        path = (await read_agency(page_request, agency_id)).path
        above = _lengths(await _policy(page_request, path[-2]))
        overrides = {name: length for name, length in overrides.items() if length != above[name]}
    lengths = {name: length.model_dump() for name, length in overrides.items()}
    body: dict[str, object] = {name: lengths[name] for name in _PLAIN if name in lengths}
    body["settlement"] = {
        code: lengths[name] for name, code in _SETTLEMENT.items() if name in lengths
    }
    if not national:
        body["agency_id"] = agency_id
    try:
        await page_request.call("routing", "PUT", "/policy", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status)
    query = "" if national else f"?instansi={agency_id}"
    words = "Waktu proses disimpan. Berlaku bagi tahap yang dimulai dari sekarang."
    return page_request.go(f"/panel/waktu-proses{query}", words)


async def _as_set(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    """Return the page with the lengths in force, because the form that searches for an agency does
    not send them."""
    policy = await _policy(page_request, _agency(page_request, form))
    for name, length in _lengths(policy).items():
        form.set(name, str(length.amount))
        form.set(f"{name}_unit", length.unit)
    return await _page(page_request, form, status)


def _agency(page_request: PageRequest, form: FormData) -> int | None:
    chosen = form.id("agency_id")
    return chosen if isinstance(chosen, int) else page_request.session.agency_id


def _fields(*, national: bool) -> list[str]:
    """Return the fields that may be set. How long a contact is believed can only be set for the
    whole country."""
    return [name for name in FIELDS if national or name != ClockKind.PROOF]


def _wanted(form: FormData, fields: Iterable[str]) -> dict[str, Length]:
    lengths: dict[str, Length] = {}
    for name in fields:
        amount = form.get(name).strip()
        if re.fullmatch("[0-9]{1,6}", amount) and 0 < int(amount) <= LONGEST:
            lengths[name] = Length(amount=int(amount), unit=form.get(f"{name}_unit"))
        else:
            form.wrong[name] = translated("Isi angka dari 1 sampai {longest}.").format(
                longest=LONGEST
            )
    return lengths


def _name(name: str) -> str:
    if name in _SETTLEMENT:
        return f"{label('clock', 'settlement')}: {label('classification', _SETTLEMENT[name])}"
    return label("clock", name)


async def _policy(page_request: PageRequest, agency_id: int | None) -> Policy:
    params = {"agency_id": agency_id}
    return await page_request.filtered("routing", "/policy", Policy, params)


def place(length: ChangedLength) -> str:
    """Return the name of a length of a former version."""
    kind = length.classification
    return _name(f"settlement_{kind}" if kind else length.clock)


def _lengths(policy: Policy) -> dict[str, Length]:
    """Return the lengths by field name, in the order in which they are shown."""
    plain: dict[str, Length] = {name: getattr(policy, name) for name in _PLAIN}
    return plain | {name: policy.settlement[code] for name, code in _SETTLEMENT.items()}


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    own = page_request.session.agency_id
    params: dict[str, object] = {
        "cursor": page_request.request.query_params.get("lanjut"),
        "limit": 10,
    }
    if _agency(page_request, form) != own:
        params["agency_id"] = _agency(page_request, form)
    chosen = await read_agency(page_request, _agency(page_request, form))
    units = ["working_days", "calendar_days"]
    if any(form.get(f"{name}_unit") == "seconds" for name in FIELDS):
        units.append("seconds")
    return page_request.page(
        "panel/process_times.html",
        status,
        form=form,
        rows=[
            (
                name,
                _name(name),
                translated(_ABOUT.get(name, "")),
            )
            for name in _fields(national=chosen.id == own)
        ],
        units=[(unit, label("time_unit", unit)) for unit in units],
        chosen=chosen,
        agencies=await offered(page_request, form, "agency_id", below=True),
        may_set=page_request.session.is_central,
        national=chosen.id == own,
        place=place,
        former=await page_request.filtered(
            "routing", "/policy/versions", Page[FormerPolicy], params
        ),
    )
