"""*Riwayat Pengelolaan*: who changed what of people, agencies and reference data, and when."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from services.portal.contracts.routing import LogLine
from services.portal.page_request import PanelRequest
from shared.http.paging import Page
from shared.labels import labels

router = APIRouter(prefix="/panel/riwayat", include_in_schema=False)

_FIELDS = {
    "name": "Nama",
    "name_changed": "Nama",
    "role": "Jabatan",
    "agency_id": "Instansi",
    "kind": "Jenis",
    "zone": "Zona waktu",
    "parent_id": "Instansi induk",
    "active_changed": "Dipakai",
}
_VALUES: dict[str, dict[Any, str]] = {
    "role": dict(labels("role")),
    "kind": dict(labels("agency_kind")),
    "active_changed": {True: "ya", False: "tidak"},
}
_IDS = ("agency_id", "parent_id")


@router.get("")
async def management_log(page_request: PanelRequest) -> Response:
    cursor = page_request.request.query_params.get("lanjut")
    page = await page_request.read(
        "routing", "/management/log", Page[LogLine], params={"cursor": cursor}
    )
    return page_request.page("panel/management_log.html", page=page, changes=_changes)


def _changes(details: Mapping[str, object]) -> list[str]:
    """Each field that was changed, from what to what; what goes by an id is only named."""
    changes: list[str] = []
    for field, value in details.items():
        if field not in _FIELDS or not isinstance(value, list) or len(value) != 2:
            continue
        if field in _IDS:
            changes.append(f"{_FIELDS[field]} diganti")
            continue
        before, after = (_VALUES.get(field, {}).get(code, code) for code in value)
        changes.append(f"{_FIELDS[field]}: dari {before} menjadi {after}")
    return changes
