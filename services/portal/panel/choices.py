"""What the forms of the panel offer to choose from."""

from typing import Any

from services.portal import references
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.panel.forms import ActionForm
from services.portal.references import RETIRED
from services.portal.service_calls import Refusal
from shared.labels import label
from shared.lifecycle.actions import Classification


async def agencies_offered(
    page_request: PageRequest, known: ActionForm, report: dict[str, Any], form: FormData
) -> dict[str, list[dict[str, Any]]]:
    """By field: the agencies searched for; before a search, those the report itself suggests.

    Those that cannot be chosen say why.
    """
    offered: dict[str, list[dict[str, Any]]] = {}
    if known.agency is not None:
        offered[known.agency] = await _offered(page_request, known, report, form, known.agency)
        if known.path.endswith("/forward"):
            copies = ActionForm(known.service, known.path, known.body, known.button, "copies")
            offered["copies"] = await _offered(page_request, copies, report, form, "copies")
    return offered


async def choices_for(
    page_request: PageRequest, action: str, form: FormData, report: dict[str, Any]
) -> dict[str, Any]:
    """Further lists that an action's form needs."""
    if action == "coordinate":
        found = (await page_request.read("routing", "/staff"))["items"]
        return {
            "colleagues": [(one["id"], f"{one['name']} – {one['role_label']}") for one in found]
        }
    if action == "archive":
        found = (await page_request.read("routing", "/archive-categories"))["items"]
        return {"reasons": [(one["code"], one["label"]) for one in found]}
    if action not in ("verify", "amend"):
        return {}
    return await corrections(page_request, form, report)


async def corrections(
    page_request: PageRequest, form: FormData, report: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The lists of a verification. What the report has already is offered though it is not in
    use any more: a form saves only what it shows."""
    tags = await _tags(page_request, form.id("category_id"))
    programmes = (await page_request.read("routing", "/programmes"))["items"]
    categories = await references.categories(page_request)
    if report is not None:
        category, programme = report["category"], report["programme"]
        known = {code for _, options in categories for code, _ in options}
        if category and str(category["id"]) not in known:
            categories.append((RETIRED, [(str(category["id"]), category["name"])]))
        if category and form.get("category_id") == str(category["id"]):
            tags += _retired(report["tags"], tags)
        programmes += _retired([programme] if programme else [], programmes)
    return {
        "regions": await references.regions(page_request, form, _region_of(report)),
        "categories": categories,
        "tags": tags,
        "programmes": [(one["id"], one["name"]) for one in programmes],
        "refined": [
            (one, label("classification", one))
            for one in Classification
            if one is not Classification.COMPLAINT
        ],
    }


async def _tags(page_request: PageRequest, category_id: int | str | None) -> list[dict[str, Any]]:
    """Of this category; none where that is no category."""
    if not isinstance(category_id, int):
        return []
    try:
        found = await page_request.read("routing", "/tags", params={"category": category_id})
    except Refusal:
        return []
    tags: list[dict[str, Any]] = found["items"]
    return tags


def _retired(had: list[dict[str, Any]], offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the report that are not offered any more, and say so."""
    known = {one["id"] for one in offered}
    return [
        {**one, "name": f"{one['name']} ({RETIRED.lower()})"}
        for one in had
        if one["id"] not in known
    ]


def _region_of(report: dict[str, Any] | None) -> str | None:
    return report["place"]["region_code"] if report else None


async def agency_of(page_request: PageRequest, agency_id: int) -> list[dict[str, Any]]:
    """The agency chosen, as the one option; none where there is no such agency."""
    try:
        return [await page_request.read("routing", f"/agencies/{agency_id}")]
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        return []


async def search(
    page_request: PageRequest, query: str, *, below: int | None
) -> list[dict[str, Any]]:
    params = {"q": query, "below": below, "limit": 25}
    found: list[dict[str, Any]] = (await page_request.read("routing", "/agencies", params=params))[
        "items"
    ]
    return found


async def _offered(
    page_request: PageRequest, known: ActionForm, report: dict[str, Any], form: FormData, name: str
) -> list[dict[str, Any]]:
    query = form.get(f"{name}_cari").strip()
    own = page_request.session.agency_id
    handing = known.offers in ("to_verify", "to_follow_up")
    if query:
        found = await search(page_request, query, below=own if handing else None)
    elif handing:
        found = await _suggested(page_request, report, own, with_own=known.offers == "to_follow_up")
    else:
        found = []
    for one in found:
        one["unavailable"] = _unavailable(one, known, report, own)
    return references.keep_chosen(form, name, found)


async def _suggested(
    page_request: PageRequest, report: dict[str, Any], own: int | None, *, with_own: bool
) -> list[dict[str, Any]]:
    """What the reporter or a request named, if it is within reach, and the own agency."""
    named = [report["suggested_agency"], *(one["suggested"] for one in report["requests"])]
    ids = dict.fromkeys(one["id"] for one in named if one)
    if with_own and own is not None:
        ids[own] = None
    found = [await page_request.read("routing", f"/agencies/{one}") for one in ids]
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
        case "not_connected" if agency["can_follow_up"]:
            return "Sudah terhubung: laporan dapat langsung diserahkan kepadanya."
        case _:
            return ""
