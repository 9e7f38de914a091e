"""What the forms of the panel offer to choose from."""

from typing import Any

from services.portal import references
from services.portal.filled import Filled
from services.portal.panel.forms import ActionForm
from services.portal.visit import Visit


async def agencies_offered(
    visit: Visit, known: ActionForm, report: dict[str, Any], form: Filled
) -> dict[str, list[dict[str, Any]]]:
    """By field: the agencies searched for; before a search, those the report itself suggests.

    Those that cannot be chosen say why.
    """
    offered: dict[str, list[dict[str, Any]]] = {}
    if known.agency is not None:
        offered[known.agency] = await _offered(visit, known, report, form, known.agency)
        if known.path.endswith("/forward"):
            copies = ActionForm(known.service, known.path, known.body, known.button, "copies")
            offered["copies"] = await _offered(visit, copies, report, form, "copies")
    return offered


async def choices_for(visit: Visit, action: str, form: Filled) -> dict[str, Any]:
    """Further lists that an action's form needs."""
    if action == "coordinate":
        found = (await visit.read("routing", "/staff"))["items"]
        return {
            "colleagues": [(one["id"], f"{one['name']} – {one['role_label']}") for one in found]
        }
    if action == "archive":
        found = (await visit.read("routing", "/archive-categories"))["items"]
        return {"reasons": [(one["code"], one["label"]) for one in found]}
    if action not in ("verify", "amend"):
        return {}
    return await corrections(visit, form)


async def corrections(visit: Visit, form: Filled) -> dict[str, Any]:
    """The lists of a verification."""
    tags: list[Any] = []
    if form.get("category_id"):
        params = {"category": form.get("category_id")}
        tags = (await visit.read("routing", "/tags", params=params))["items"]
    programmes = (await visit.read("routing", "/programmes"))["items"]
    return {
        "regions": await references.regions(visit, form),
        "categories": await references.categories(visit),
        "tags": tags,
        "programmes": [(one["id"], one["name"]) for one in programmes],
    }


async def search(visit: Visit, query: str, *, below: int | None) -> list[dict[str, Any]]:
    params = {"q": query, "below": below, "limit": 25}
    found: list[dict[str, Any]] = (await visit.read("routing", "/agencies", params=params))["items"]
    return found


async def _offered(
    visit: Visit, known: ActionForm, report: dict[str, Any], form: Filled, name: str
) -> list[dict[str, Any]]:
    query = form.get(f"{name}_cari").strip()
    own = visit.session.agency_id
    handing = known.offers in ("to_verify", "to_follow_up")
    if query:
        found = await search(visit, query, below=own if handing else None)
    elif handing:
        found = await _suggested(visit, report, own, with_own=known.offers == "to_follow_up")
    else:
        found = []
    for one in found:
        one["unavailable"] = _unavailable(one, known, report, own)
    return references.keep_chosen(form, name, found)


async def _suggested(
    visit: Visit, report: dict[str, Any], own: int | None, *, with_own: bool
) -> list[dict[str, Any]]:
    """What the reporter or a request named, if it is within reach, and the own agency."""
    named = [report["suggested_agency"], *(one["suggested"] for one in report["requests"])]
    ids = dict.fromkeys(one["id"] for one in named if one)
    if with_own and own is not None:
        ids[own] = None
    found = [await visit.read("routing", f"/agencies/{one}") for one in ids]
    return [one for one in found if one["active"] and own in one["path"]]


def _unavailable(
    agency: dict[str, Any], known: ActionForm, report: dict[str, Any], own: int | None
) -> str:
    match known.offers:
        case "to_verify" if not agency["connected"]:
            return "Belum terhubung: belum ada admin aktif."
        case "to_verify" if agency["id"] == own:
            return "Instansi Anda sendiri."
        case "to_follow_up" if not agency["can_follow_up"]:
            return "Belum terhubung: belum ada petugas aktif."
        case "to_follow_up" if known.path.endswith("/forward") and agency["id"] == own:
            return "Instansi Anda sendiri."
        case "not_connected" if agency["connected"]:
            return "Sudah terhubung: laporan dapat langsung diserahkan kepadanya."
        case _:
            return ""
