"""The names of the marks of the statistics, for the heading of a list of reports."""

from collections.abc import Sequence

from services.portal.answers import Items
from services.portal.contracts.intake import CategoryChoice, RegionChoice
from services.portal.contracts.routing import ProgrammeChoice, TagChoice
from services.portal.page_request import PageRequest
from services.portal.pages import label
from services.portal.translation import translated
from shared.http.problems import Problem

_LABELLED = {
    "status": "status",
    "tab": "tab",
    "channel": "channel",
    "classification": "classification",
    "flag": "flag",
    "outcome": "outcome",
    "unmet_reason": "unmet_reason",
    "weekday": "weekday",
}
_KINDS = {
    "category": "Kategori",
    "tag": "Tag",
    "programme": "Program prioritas",
    "place": "Wilayah",
    "hour": "Jam masuk",
    "verified_by": "Diverifikasi oleh satu orang",
    "answered_by": "Ditindaklanjuti oleh satu orang",
}


async def name_of_mark(page_request: PageRequest, mark: str) -> str:
    """Return the name of a mark; its code if no name is known."""
    kind, _, value = mark.partition(":")
    if not value:
        return label("figure", kind)
    if value == "none":
        return f"{translated(_KINDS.get(kind, kind))}: {label('figure', 'none')}"
    if kind in _LABELLED:
        return label(_LABELLED[kind], value)
    if kind in ("verified_by", "answered_by"):
        return translated(_KINDS[kind])
    return f"{translated(_KINDS.get(kind, kind))}: {await _name(page_request, kind, value)}"


async def _name(page_request: PageRequest, kind: str, value: str) -> str:
    if kind == "hour":
        return f"{value}.00"
    if kind == "place":
        try:
            return (await page_request.read("intake", f"/regions/{value}", RegionChoice)).name
        except Problem:
            return value
    choices: Sequence[CategoryChoice | TagChoice | ProgrammeChoice]
    if kind == "category":
        choices = await page_request.read("intake", "/categories", list[CategoryChoice])
    elif kind == "tag":
        choices = (await page_request.read("routing", "/tags", Items[TagChoice])).items
    else:
        choices = (await page_request.read("routing", "/programmes", Items[ProgrammeChoice])).items
    return next((choice.name for choice in choices if str(choice.id) == value), value)
