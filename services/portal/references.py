"""What forms offer to choose from: agencies, categories, regions."""

from typing import Any

from services.portal.form_data import FormData
from services.portal.page_request import PageRequest

Option = tuple[str, str]
Group = tuple[str, list[Option]]

RETIRED = "Tidak dipakai lagi"
REGION_LEVELS = ("province", "regency", "district", "village")


async def addressees(page_request: PageRequest, form: FormData) -> list[dict[str, Any]]:
    """The agencies that a person may address: those searched for, the chosen one kept."""
    query = form.get("addressee_cari").strip()
    found = []
    if len(query) >= 2:
        found = await page_request.read("intake", "/agencies", params={"q": query, "limit": 20})
    return keep_chosen(form, "addressee", found)


def keep_chosen(
    form: FormData, name: str, found: list[dict[str, Any]], text: str = "kind_label"
) -> list[dict[str, Any]]:
    """Options for an agency field. Those chosen before stay, by the names the form carries."""
    options = {str(one["id"]): {**one, "path_text": one.get(text, "")} for one in found}
    names = dict(pair.split("|", 1) for pair in form.all(f"{name}_nama") if "|" in pair)
    for chosen in form.all(name):
        if chosen not in options and chosen in names and len(chosen) < 19 and chosen.isdecimal():
            options[chosen] = {"id": int(chosen), "name": names[chosen]}
    return list(options.values())


async def classifications(page_request: PageRequest) -> list[tuple[str, str, str]]:
    """What a new report can be, each with what that means."""
    found = await page_request.read("intake", "/classifications")
    return [(one["code"], one["label"], _ABOUT.get(one["code"], "")) for one in found]


async def categories(page_request: PageRequest) -> list[Group]:
    """Categories to choose, by the groups they stand in."""
    found = await page_request.read("intake", "/categories")
    parents = {one["id"]: one["name"] for one in found if one["parent_id"] is None}
    groups: dict[str, list[Option]] = {}
    with_children = {one["parent_id"] for one in found}
    for one in found:
        if one["id"] not in with_children:
            group = parents.get(one["parent_id"], one["name"])
            groups.setdefault(group, []).append((str(one["id"]), one["name"]))
    return sorted(groups.items())


async def regions(
    page_request: PageRequest, form: FormData, had: str | None = None
) -> list[tuple[str, str, list[Option]]]:
    """The selects of the region picker as far as they are chosen: field, label, options.

    A choice further up that no longer fits empties those below it. The region that a report `had`
    stays to choose though its code is not in use any more.
    """
    codes = _codes(had)
    selects: list[tuple[str, str, list[Option]]] = []
    parent: str | None = None
    for level, text in zip(REGION_LEVELS, _LEVEL_LABELS, strict=True):
        found = await page_request.read("intake", "/regions", params={"parent": parent})
        options = [(one["code"], one["name"]) for one in found]
        old = codes.get(level)
        if old and old.rpartition(".")[0] == (parent or "") and old not in dict(options):
            options.append((old, f"{old} ({RETIRED.lower()})"))
        if options or level == "province":
            selects.append((level, text, options))
        parent = form.get(level)
        if parent not in dict(options):
            for below in REGION_LEVELS[REGION_LEVELS.index(level) :]:
                form.set(below, "")
            break
    return selects


def region_code(form: FormData) -> str | None:
    """The most exact region chosen."""
    return next((form.get(level) for level in reversed(REGION_LEVELS) if form.get(level)), None)


def spread_region(form: FormData, code: str | None) -> None:
    """Fill the selects from one code."""
    codes = _codes(code)
    for level in REGION_LEVELS:
        form.set(level, codes.get(level, ""))


def _codes(code: str | None) -> dict[str, str]:
    """By level, the codes of a region and of those around it."""
    parts = code.split(".") if code else []
    return {level: ".".join(parts[: n + 1]) for n, level in enumerate(REGION_LEVELS[: len(parts)])}


_ABOUT = {
    "complaint": "Ada yang salah, rusak, atau merugikan.",
    "aspiration": "Usul atau harapan untuk pelayanan publik.",
    "information": "Anda ingin tahu sesuatu dari instansi.",
}
_LEVEL_LABELS = ("Provinsi", "Kabupaten/kota", "Kecamatan", "Desa/kelurahan")
