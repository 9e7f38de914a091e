"""*Riwayat Pengelolaan*: who changed what of people, agencies and reference data, and when."""

from typing import Any

from fastapi import APIRouter, Response

from services.portal.page_request import PanelRequest
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
    page = await page_request.read("routing", "/management/log", params={"cursor": cursor})
    lines = [{**one, "changes": _changes(one["details"])} for one in page["items"]]
    return page_request.page("panel/management_log.html", lines=lines, next=page["next"])


def _changes(details: dict[str, Any]) -> list[str]:
    """Each field that was changed, from what to what; what goes by an id is only named."""
    found: list[str] = []
    for field, value in details.items():
        if field not in _FIELDS or not isinstance(value, list) or len(value) != 2:
            continue
        if field in _IDS:
            found.append(f"{_FIELDS[field]} diganti")
            continue
        before, after = (_VALUES.get(field, {}).get(one, one) for one in value)
        found.append(f"{_FIELDS[field]}: dari {before} menjadi {after}")
    return found
