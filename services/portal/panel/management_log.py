"""*Riwayat Pengelolaan*: who changed people, agencies and reference data, how and when."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from services.portal.contracts.routing import LogLine
from services.portal.page_request import PanelRequest
from services.portal.translation import translated
from shared.http.paging import Page
from shared.labels import labels

router = APIRouter(prefix="/panel/riwayat", include_in_schema=False)

_FIELDS = {
    "name": "Nama",
    "name_changed": "Nama",
    "role": "Jabatan",
    "agency_id": "Instansi",
    "email": "Surel",
    "leader": "Pimpinan",
    "title": "Jabatan pimpinan",
    "kind": "Jenis",
    "zone": "Zona waktu",
    "aliases": "Nama lain",
    "aliases_changed": "Kata lain",
    "parent_id": "Instansi induk",
    "active_changed": "Dipakai",
    "text_changed": "Teks",
    "category_id_changed": "Kategori",
}
_VALUES: dict[str, dict[Any, str]] = {
    "role": dict(labels("role")),
    "kind": dict(labels("agency_kind")),
    "active_changed": {True: "ya", False: "tidak"},
}
_NOT_SHOWN = ("agency_id", "parent_id", "email", "text_changed", "category_id_changed")


@router.get("")
async def management_log(page_request: PanelRequest) -> Response:
    cursor = page_request.request.query_params.get("lanjut")
    page = await page_request.filtered(
        "routing", "/management/log", Page[LogLine], {"cursor": cursor}
    )
    return page_request.page("panel/management_log.html", page=page, changes=_changes)


def _changes(details: Mapping[str, object]) -> list[str]:
    """Return each field that was changed, with its old and new value. Fields that hold an id or an
    address are only named."""
    changes: list[str] = []
    for field, value in details.items():
        if field not in _FIELDS or not isinstance(value, list) or len(value) != 2:
            continue
        if field in _NOT_SHOWN:
            changes.append(translated("{field} diganti").format(field=translated(_FIELDS[field])))
            continue
        before, after = (_VALUES.get(field, {}).get(code, code) for code in value)
        change = translated("{field}: dari {before} menjadi {after}")
        name = translated(_FIELDS[field])
        changes.append(change.format(field=name, before=before, after=after))
    return changes
