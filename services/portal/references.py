"""The choices of forms: agencies, categories, regions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from services.portal.contracts.intake import (
    AgencyChoice,
    CategoryChoice,
    ClassificationChoice,
    RegionChoice,
    RegionLevel,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.pages import label, relabelled
from services.portal.service_calls import Refusal
from services.portal.translation import translated
from shared.values.text import folded

Option = tuple[str, str]


class CategoryOption(NamedTuple):
    """A category to choose, with `also`, further words by which it can be found."""

    code: str
    name: str
    also: str = ""


Group = tuple[str, list[CategoryOption]]

RegionSelect = tuple[str, str, list[Option]]
"""A select of the region picker: its field, label and options."""

RETIRED = "Tidak dipakai lagi"
REGION_LEVELS = ("province", "regency", "district", "village")


class Agency(Protocol):
    """An agency in a list of the services."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def kind_label(self) -> str: ...


class Region(Protocol):
    """A region in a list of the services."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


class AgencyOption(NamedTuple):
    """An agency to choose. If it cannot be chosen, `unavailable` says why."""

    id: int
    name: str
    about: str = ""
    unavailable: str = ""


def agency_option(agency: Agency, unavailable: str = "") -> AgencyOption:
    """Return an agency of a list as an option of a form."""
    return AgencyOption(
        agency.id, agency.name, relabelled(agency.kind_label, "agency_kind"), unavailable
    )


async def addressees(page_request: PageRequest, form: FormData) -> list[AgencyOption]:
    """Return the agencies that a person may address: those found by the search, and the chosen
    one."""
    query = form.get("addressee_cari").strip()
    agencies: list[AgencyChoice] = []
    if len(query) >= 2:
        params = {"q": query, "limit": 20}
        try:
            agencies = await page_request.read(
                "intake", "/agencies", list[AgencyChoice], params=params
            )
        except Refusal as refusal:
            form.hints["addressee"] = words_refused(refusal)
    return keep_chosen(form, "addressee", map(agency_option, agencies))


def words_refused(refusal: Refusal) -> str:
    """Return why these words cannot be searched for. Raises the refusal if it has another cause."""
    if refusal.status != 422 or "q" not in refusal.fields:
        raise refusal
    return refusal.fields["q"]


def keep_chosen(form: FormData, name: str, offered: Iterable[AgencyOption]) -> list[AgencyOption]:
    """Return the options of an agency field, including those chosen before, with the names that the
    form carries."""
    options = {str(option.id): option for option in offered}
    for chosen, called in chosen_names(form, name).items():
        options.setdefault(chosen, AgencyOption(int(chosen), called))
    return list(options.values())


def chosen_names(form: FormData, name: str) -> dict[str, str]:
    """Return, by id, the names that the form carries of the agencies chosen in a field."""
    names = dict(pair.split("|", 1) for pair in form.all(f"{name}_nama") if "|" in pair)
    return {
        chosen: names[chosen]
        for chosen in form.all(name)
        if chosen in names and len(chosen) < 19 and chosen.isdecimal()
    }


def left_unchosen(form: FormData, fields: Iterable[str]) -> bool:
    """Mark the fields with a search text but no choice; return whether there are any. Without
    scripts a search is a step of its own, so the text must not be ignored silently."""
    names = sorted(name.removesuffix("_cari") for name in fields if name.endswith("_cari"))
    left = [name for name in names if form.get(f"{name}_cari").strip() and not form.get(name)]
    words = translated("Pilih dari yang ditemukan, atau kosongkan kata pencarian.")
    form.wrong |= dict.fromkeys(left, words)
    return bool(left)


async def classifications(page_request: PageRequest) -> list[tuple[str, str, str]]:
    """Return the classifications of a new report, each with its meaning."""
    choices = await page_request.read("intake", "/classifications", list[ClassificationChoice])
    return [
        (choice.code, label("classification", choice.code), translated(_ABOUT.get(choice.code, "")))
        for choice in choices
    ]


async def categories(page_request: PageRequest) -> list[Group]:
    """Return the categories to choose from, by group."""
    choices = await page_request.read("intake", "/categories", list[CategoryChoice])
    parents = {choice.id: choice.name for choice in choices if choice.parent_id is None}
    groups: dict[str, list[CategoryOption]] = {}
    with_children = {choice.parent_id for choice in choices}
    for choice in choices:
        if choice.id not in with_children:
            group = parents.get(choice.parent_id or 0, choice.name)
            option = CategoryOption(str(choice.id), choice.name, ", ".join(choice.aliases))
            groups.setdefault(group, []).append(option)
    return sorted(groups.items())


async def regions(page_request: PageRequest, form: FormData) -> list[RegionSelect]:
    """Return the selects of the region picker, down to the level after the last choice."""
    params = {"code": region_chosen(form)}
    path = "/region-levels"
    levels = await page_request.read("intake", path, list[RegionLevel], params=params)
    return region_selects(form, {level.level: level.regions for level in levels})


def region_selects(
    form: FormData, levels: Mapping[str, Sequence[Region]], had: str | None = None
) -> list[RegionSelect]:
    """Return the selects of the region picker, with the regions to choose from at each level. If a
    choice no longer fits, it and those below it are cleared. The region that a report `had` can
    still be chosen, even if its code is no longer in use."""
    codes = _codes(had)
    selects: list[RegionSelect] = []
    parent: str | None = None
    for level, text in zip(REGION_LEVELS, LEVEL_LABELS, strict=True):
        options = [(region.code, region.name) for region in levels.get(level, ())]
        old = codes.get(level)
        if old and old.rpartition(".")[0] == (parent or "") and old not in dict(options):
            options.append((old, f"{old} ({translated(RETIRED).lower()})"))
        if options or level == "province":
            selects.append((level, text, options))
        parent = form.get(level)
        if parent not in dict(options):
            for below in REGION_LEVELS[REGION_LEVELS.index(level) :]:
                form.set(below, "")
            break
    return selects


def region_chosen(form: FormData) -> str | None:
    """Return the region chosen so far: the deepest choice that lies within those above it."""
    code: str | None = None
    for level in REGION_LEVELS:
        chosen = form.get(level)
        if not _REGION_CODE.fullmatch(chosen) or chosen.rpartition(".")[0] != (code or ""):
            break
        code = chosen
    return code


async def provinces(page_request: PageRequest) -> list[Option]:
    """Return the provinces, with their codes."""
    choices = await page_request.read("intake", "/regions", list[RegionChoice])
    return [(choice.code, choice.name) for choice in choices]


def region_code(form: FormData) -> str | None:
    """Return the most exact region chosen."""
    return next((form.get(level) for level in reversed(REGION_LEVELS) if form.get(level)), None)


def with_chosen(form: FormData, name: str, options: Sequence[Option]) -> list[Option]:
    """Return the options and, last, a chosen value that is no longer offered, such as a person who
    left but whose reports are still searched for."""
    value = form.get(name)
    if not value.isdecimal() or any(value == each for each, _ in options):
        return [*options]
    return [*options, (value, translated("tidak ditawarkan lagi"))]


def with_chosen_category(form: FormData, groups: Sequence[Group]) -> list[Group]:
    """Return the groups with the chosen category, as `with_chosen` does."""
    value = form.get("category")
    return with_category(groups, value) if value.isdecimal() else [*groups]


def with_category(groups: Sequence[Group], code: str, name: str = "") -> list[Group]:
    """Return the groups and, last, this category if it is no longer offered."""
    if any(code == category.code for _, inside in groups for category in inside):
        return [*groups]
    gone = translated(RETIRED)
    return [*groups, (gone, [CategoryOption(code, name or gone)])]


def narrowed(form: FormData, name: str, groups: Sequence[Group]) -> list[Group]:
    """Return the categories that match the search words: each begins a word of the name, the group
    or the other words. The chosen category is kept. This search step also works without scripts."""
    words = folded(form.get(f"{name}_cari"))
    if not words:
        return [*groups]
    fitting = {
        category.code
        for group, inside in groups
        for category in inside
        if _fits(words, f"{group} {category.name} {category.also}")
    }
    if not fitting:
        form.hints[name] = translated("Tidak ada kategori yang cocok. Coba kata lain.")
        return [*groups]
    form.hints[name] = translated("{count} kategori cocok.").format(count=len(fitting))
    offered = {*fitting, form.get(name)}
    left = [
        (group, [category for category in inside if category.code in offered])
        for group, inside in groups
    ]
    return [(group, inside) for group, inside in left if inside]


def _fits(words: Sequence[str], option: str) -> bool:
    own = folded(option)
    return all(any(word.startswith(asked) for word in own) for asked in words)


def spread_region(form: FormData, code: str | None) -> None:
    """Set the selects to the region with this code."""
    codes = _codes(code)
    for level in REGION_LEVELS:
        form.set(level, codes.get(level, ""))


def _codes(code: str | None) -> dict[str, str]:
    """Return, by level, the codes of a region and of those that contain it."""
    parts = code.split(".") if code else []
    return {level: ".".join(parts[: n + 1]) for n, level in enumerate(REGION_LEVELS[: len(parts)])}


_REGION_CODE = re.compile(r"[0-9.]{2,13}")
_ABOUT = {
    "complaint": "Ada yang salah, rusak, atau merugikan.",
    "aspiration": "Usul atau harapan untuk pelayanan publik.",
    "information": "Anda ingin tahu sesuatu dari instansi.",
}
LEVEL_LABELS = ("Provinsi", "Kabupaten/kota", "Kecamatan", "Desa/kelurahan")
