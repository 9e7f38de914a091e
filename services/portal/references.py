"""What forms offer to choose from: agencies, categories, regions."""

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
    """A category to choose, with other words by which it is found."""

    code: str
    name: str
    also: str = ""


Group = tuple[str, list[CategoryOption]]

RegionSelect = tuple[str, str, list[Option]]
"""Field, label, options."""

RETIRED = "Tidak dipakai lagi"
REGION_LEVELS = ("province", "regency", "district", "village")


class Agency(Protocol):
    """What the services say of an agency in a list of them."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def kind_label(self) -> str: ...


class Region(Protocol):
    """What the services say of a region in a list of them."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


class AgencyOption(NamedTuple):
    """An agency to choose; where it cannot be chosen, `unavailable` says why."""

    id: int
    name: str
    about: str = ""
    unavailable: str = ""


def agency_option(agency: Agency, unavailable: str = "") -> AgencyOption:
    """An agency of a list as an option of a form."""
    return AgencyOption(
        agency.id, agency.name, relabelled(agency.kind_label, "agency_kind"), unavailable
    )


async def addressees(page_request: PageRequest, form: FormData) -> list[AgencyOption]:
    """The agencies that a person may address: those searched for, the chosen one kept."""
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
    """Why these words cannot be searched for. Raises the refusal where it is of anything else."""
    if refusal.status != 422 or "q" not in refusal.fields:
        raise refusal
    return refusal.fields["q"]


def keep_chosen(form: FormData, name: str, offered: Iterable[AgencyOption]) -> list[AgencyOption]:
    """Options for an agency field. Those chosen before stay, by the names the form carries."""
    options = {str(option.id): option for option in offered}
    for chosen, called in chosen_names(form, name).items():
        options.setdefault(chosen, AgencyOption(int(chosen), called))
    return list(options.values())


def chosen_names(form: FormData, name: str) -> dict[str, str]:
    """By id, the names that the form carries of the agencies chosen in a field."""
    names = dict(pair.split("|", 1) for pair in form.all(f"{name}_nama") if "|" in pair)
    return {
        chosen: names[chosen]
        for chosen in form.all(name)
        if chosen in names and len(chosen) < 19 and chosen.isdecimal()
    }


def left_unchosen(form: FormData, fields: Iterable[str]) -> bool:
    """Marks what of a form's fields is searched for, where words stand and nothing is chosen.
    Without scripts a search is a step of its own: what was typed is not passed over in silence."""
    names = sorted(name.removesuffix("_cari") for name in fields if name.endswith("_cari"))
    left = [name for name in names if form.get(f"{name}_cari").strip() and not form.get(name)]
    words = translated("Pilih dari yang ditemukan, atau kosongkan kata pencarian.")
    form.wrong |= dict.fromkeys(left, words)
    return bool(left)


async def classifications(page_request: PageRequest) -> list[tuple[str, str, str]]:
    """What a new report can be, each with what that means."""
    choices = await page_request.read("intake", "/classifications", list[ClassificationChoice])
    return [
        (choice.code, label("classification", choice.code), translated(_ABOUT.get(choice.code, "")))
        for choice in choices
    ]


async def categories(page_request: PageRequest) -> list[Group]:
    """Categories to choose, by the groups they stand in."""
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
    """The selects of the region picker as far as they are chosen."""
    params = {"code": region_chosen(form)}
    path = "/region-levels"
    levels = await page_request.read("intake", path, list[RegionLevel], params=params)
    return region_selects(form, {level.level: level.regions for level in levels})


def region_selects(
    form: FormData, levels: Mapping[str, Sequence[Region]], had: str | None = None
) -> list[RegionSelect]:
    """The selects of the region picker, from the regions to choose from by their level. A choice
    further up that no longer fits empties those below it. The region that a report `had` stays to
    choose though its code is not in use any more."""
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
    """The region chosen so far: as deep as each choice lies in the one above it."""
    code: str | None = None
    for level in REGION_LEVELS:
        chosen = form.get(level)
        if not _REGION_CODE.fullmatch(chosen) or chosen.rpartition(".")[0] != (code or ""):
            break
        code = chosen
    return code


async def provinces(page_request: PageRequest) -> list[Option]:
    """The provinces, by their codes."""
    choices = await page_request.read("intake", "/regions", list[RegionChoice])
    return [(choice.code, choice.name) for choice in choices]


def region_code(form: FormData) -> str | None:
    """The most exact region chosen."""
    return next((form.get(level) for level in reversed(REGION_LEVELS) if form.get(level)), None)


def with_chosen(form: FormData, name: str, options: Sequence[Option]) -> list[Option]:
    """The options and, last, what is chosen though it is offered no more: a person who left, whose
    reports are looked for all the same."""
    value = form.get(name)
    if not value.isdecimal() or any(value == each for each, _ in options):
        return [*options]
    return [*options, (value, translated("tidak ditawarkan lagi"))]


def with_chosen_category(form: FormData, groups: Sequence[Group]) -> list[Group]:
    """Likewise of categories."""
    value = form.get("category")
    return with_category(groups, value) if value.isdecimal() else [*groups]


def with_category(groups: Sequence[Group], code: str, name: str = "") -> list[Group]:
    """The groups and, last, this category where it is offered no more."""
    if any(code == one.code for _, inside in groups for one in inside):
        return [*groups]
    gone = translated(RETIRED)
    return [*groups, (gone, [CategoryOption(code, name or gone)])]


def narrowed(form: FormData, name: str, groups: Sequence[Group]) -> list[Group]:
    """The categories that fit the words of the field's search step, which serves without scripts:
    each begins a word of the name, the group or the other words. What is chosen stays."""
    words = folded(form.get(f"{name}_cari"))
    if not words:
        return [*groups]
    fitting = {
        one.code
        for group, inside in groups
        for one in inside
        if _fits(words, f"{group} {one.name} {one.also}")
    }
    if not fitting:
        form.hints[name] = translated("Tidak ada kategori yang cocok. Coba kata lain.")
        return [*groups]
    form.hints[name] = translated("{count} kategori cocok.").format(count=len(fitting))
    offered = {*fitting, form.get(name)}
    left = [(group, [one for one in inside if one.code in offered]) for group, inside in groups]
    return [(group, inside) for group, inside in left if inside]


def _fits(words: Sequence[str], option: str) -> bool:
    own = folded(option)
    return all(any(word.startswith(asked) for word in own) for asked in words)


def spread_region(form: FormData, code: str | None) -> None:
    """Fill the selects from one code."""
    codes = _codes(code)
    for level in REGION_LEVELS:
        form.set(level, codes.get(level, ""))


def _codes(code: str | None) -> dict[str, str]:
    """By level, the codes of a region and of those around it."""
    parts = code.split(".") if code else []
    return {level: ".".join(parts[: n + 1]) for n, level in enumerate(REGION_LEVELS[: len(parts)])}


_REGION_CODE = re.compile(r"[0-9.]{2,13}")
_ABOUT = {
    "complaint": "Ada yang salah, rusak, atau merugikan.",
    "aspiration": "Usul atau harapan untuk pelayanan publik.",
    "information": "Anda ingin tahu sesuatu dari instansi.",
}
LEVEL_LABELS = ("Provinsi", "Kabupaten/kota", "Kecamatan", "Desa/kelurahan")
