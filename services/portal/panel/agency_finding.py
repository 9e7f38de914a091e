"""Agencies to choose from in the panel: in forms, and in the list that opens while one types."""

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from services.portal.contracts.routing import OfferedAgencies, OfferedAgency
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.pages import relabelled
from services.portal.references import AgencyOption, chosen_names, keep_chosen, words_refused
from services.portal.service_calls import Refusal
from services.portal.translation import translated

Purpose = Literal["verify", "throw", "forward", "defer", "any"]
"""The action for which an agency is chosen; `any` for other uses."""

router = APIRouter(prefix="/panel/cari", include_in_schema=False)
_SHOWN = 20
_LIKELY_ONES = 5
"""How many are offered before a search, each with the reason for it. Agencies without a reason are
offered only if there are no more than this in all."""


@router.get("/instansi")
async def matches(page_request: PanelRequest) -> Response:
    """Return the list of a combobox: `q` is what was typed, the other parameters say what the
    agency is for."""
    query = page_request.request.query_params
    params = {
        "purpose": query.get("untuk") or "any",
        "report": query.get("laporan"),
        "category": query.get("kategori"),
        "below": "true" if query.get("di_bawah") else None,
        "limit": _SHOWN,
        "q": query.get("q", "").strip() or None,
    }
    found, status = await _found(page_request, params)
    options = map(_option, found.items)
    return JSONResponse({"items": [option._asdict() for option in options], "status": status})


async def offered(
    page_request: PageRequest,
    form: FormData,
    name: str,
    *,
    purpose: Purpose = "any",
    report: int | None = None,
    below: bool = False,
    category_field: str = "category_id",
) -> list[AgencyOption]:
    """Return the options of an agency field: the results of a search or, before a search for a
    known purpose, the likely ones. The chosen agency stays an option, and its own name is not taken
    for a search."""
    query = form.get(f"{name}_cari").strip()
    if query in chosen_names(form, name).values():
        query = ""
    if not query and purpose == "any":
        return keep_chosen(form, name, [])
    category = form.id(category_field)
    params = {
        "q": query or None,
        "purpose": purpose,
        "report": report,
        "category": category if isinstance(category, int) and 0 < category < 2**31 else None,
        "below": "true" if below else None,
        "limit": _SHOWN if query else _LIKELY_ONES,
    }
    found, form.hints[name] = await _found(page_request, params)
    items = found.items
    if not query and len(items) < found.total:
        items = [agency for agency in items if agency.likely]
        rest = translated("Yang paling mungkin. Cari untuk memilih dari {total} instansi.")
        form.hints[name] = rest.format(total=found.total)
    return keep_chosen(form, name, list(map(_option, items)))


async def _found(
    page_request: PageRequest, params: Mapping[str, object]
) -> tuple[OfferedAgencies, str]:
    """Return the agencies to choose from with the words on their number, or why these words cannot
    be searched for."""
    try:
        found = await page_request.read(
            "routing", "/agency-choices", OfferedAgencies, params=params
        )
    except Refusal as refusal:
        return OfferedAgencies(total=0), words_refused(refusal)
    return found, how_many(len(found.items), found)


def how_many(shown: int, found: OfferedAgencies) -> str:
    """Return the words on how many agencies there are, and how to reach those not shown."""
    total = found.total
    if not total:
        return translated("Tidak ada instansi yang cocok. Coba kata lain.")
    counted = translated("{total} instansi.")
    if shown < total:
        counted = translated("{shown} dari {total} instansi. Ketik lagi untuk mempersempit.")
    counted = counted.format(shown=shown, total=total)
    nearest = translated("Tidak ada yang memuat semua kata; ini yang terdekat.")
    return f"{nearest} {counted}" if found.partial else counted


def _option(agency: OfferedAgency) -> AgencyOption:
    likely = _LIKELY.get(agency.likely or "", "")
    names = f"({', '.join(agency.aliases)})" if agency.aliases else ""
    kind = relabelled(agency.kind_label, "agency_kind")
    about = " · ".join(part for part in (translated(likely), kind, agency.place, names) if part)
    unavailable = translated(_UNAVAILABLE.get(agency.unavailable or "", ""))
    return AgencyOption(agency.id, agency.name, about, unavailable)


_LIKELY: Mapping[str, str] = {
    "addressed": "Dituju pelapor",
    "suggested": "Saran Instansi",
    "usual": "Biasanya untuk kategori ini",
    "own": "Instansi Anda",
}
_UNAVAILABLE: Mapping[str, str] = {
    "no_admin": "Belum terhubung: belum ada admin aktif.",
    "no_officer": "Belum terhubung: belum ada petugas aktif.",
    "own_agency": "Instansi Anda sendiri.",
    "handles_it": "Sudah menangani laporan ini.",
    "connected": "Sudah terhubung: laporan dapat langsung diserahkan kepadanya.",
}
