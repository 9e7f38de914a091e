"""What the forms of the panel offer to choose from."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from services.portal import references
from services.portal.answers import Items
from services.portal.contracts.routing import (
    AgencyDetails,
    AgencyRow,
    Chosen,
    CodeChoice,
    Colleague,
    GroupedCategory,
    ReportView,
    VerificationChoices,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.pages import moment
from services.portal.panel.forms import ActionForm
from services.portal.references import RETIRED, AgencyOption, agency_option
from services.portal.service_calls import Refusal
from shared.http.paging import Page
from shared.labels import label
from shared.lifecycle.actions import (
    Action,
    BroughtBy,
    Classification,
    DeferralKind,
    FollowUpKind,
    FollowUpOutcome,
    UnmetReason,
)

Choice = tuple[int, str]
"""An id and its name."""


async def agencies_offered(
    page_request: PageRequest, known: ActionForm, report: ReportView, form: FormData
) -> dict[str, list[AgencyOption]]:
    """By field: the agencies searched for; before a search, those the report itself suggests.

    Those that cannot be chosen say why.
    """
    offered: dict[str, list[AgencyOption]] = {}
    if known.agency is not None:
        offered[known.agency] = await _offered(page_request, known, report, form, known.agency)
        if known.path.endswith("/forward"):
            copies = replace(known, agency="copies", offers="any")
            offered["copies"] = await _offered(page_request, copies, report, form, "copies")
    return offered


async def choices_for(
    page_request: PageRequest, action: str, form: FormData, report: ReportView
) -> dict[str, Any]:
    """Further lists that an action's form needs."""
    if action == "coordinate":
        staff = (await page_request.read("routing", "/staff", Items[Colleague])).items
        colleagues = [(person.id, f"{person.name} – {person.role_label}") for person in staff]
        return {"colleagues": colleagues}
    if action == Action.DEFER:
        return {"kinds": [(code, label("deferral", code), _ABOUT[code]) for code in DeferralKind]}
    if action == Action.FOLLOW_UP:
        still_at_it = FollowUpKind.INITIAL_RESPONSE
        return {
            "outcomes": [
                *((code, label("outcome", code), _ABOUT[code]) for code in FollowUpOutcome),
                (still_at_it, label("follow_up_kind", still_at_it), _ABOUT[still_at_it]),
            ],
            "unmet_reasons": [(code, label("unmet_reason", code)) for code in UnmetReason],
        }
    if action in (Action.REPLY, Action.COMPLETE_INFORMATION):
        return {"brought_by": [(code, label("brought_by", code)) for code in BroughtBy]}
    if action == Action.RECTIFY:
        written = [line for line in report.written if line.action == Action.FOLLOW_UP]
        return {
            "follow_ups": [
                (line.id, f"{moment(line.at)}: {line.words[:_ENOUGH]}")
                for line in written
                if not line.rectified
            ]
        }
    if action == "archive":
        path = "/archive-categories"
        reasons = (await page_request.read("routing", path, Items[CodeChoice])).items
        return {"reasons": [(reason.code, reason.label) for reason in reasons]}
    if action not in ("verify", "amend"):
        return {}
    return await corrections(page_request, form, report)


async def corrections(
    page_request: PageRequest, form: FormData, report: ReportView | None = None
) -> dict[str, Any]:
    """The lists of a verification. What the report has already is offered though it is not in
    use any more: a form saves only what it shows."""
    category_id = form.id("category_id")
    params = {
        "category": category_id
        if isinstance(category_id, int) and 0 < category_id < 2**31
        else None,
        "region": references.region_chosen(form),
    }
    offered = await page_request.read(
        "routing", "/verification-choices", VerificationChoices, params=params
    )
    tags = [(tag.id, tag.name) for tag in offered.tags]
    programmes = [(programme.id, programme.name) for programme in offered.programmes]
    categories = _grouped(offered.categories)
    if report is not None:
        category, programme = report.category, report.programme
        known = {code for _, options in categories for code, _ in options}
        if category and str(category.id) not in known:
            categories.append((RETIRED, [(str(category.id), category.name)]))
        if category and form.get("category_id") == str(category.id):
            tags += _retired(report.tags, tags)
        programmes += _retired([programme] if programme else [], programmes)
    return {
        "regions": references.region_selects(
            form,
            {level.level: level.regions for level in offered.regions},
            report.place.region_code if report else None,
        ),
        "categories": categories,
        "tags": tags,
        "programmes": programmes,
        "refined": [
            (code, label("classification", code))
            for code in Classification
            if code is not Classification.COMPLAINT
        ],
    }


_ENOUGH = 80
"""Characters by which a follow-up is recognised."""
_ABOUT: dict[str, str] = {
    DeferralKind.INCOMPLETE_DATA: "Pertanyaan dikirim kepada pelapor.",
    DeferralKind.AGENCY_NOT_CONNECTED: "Menunggu sampai instansinya terhubung.",
    FollowUpOutcome.DONE: "Bila tidak ditanggapi, laporan ditutup otomatis setelah waktu"
    " penutupannya habis.",
    FollowUpOutcome.CANNOT_BE_MET: "Tulis sebabnya di bawah. Bila tidak ditanggapi, laporan"
    " ditutup otomatis.",
    FollowUpKind.INITIAL_RESPONSE: "Masih dikerjakan; belum ada penutupan otomatis.",
}


def _grouped(categories: list[GroupedCategory]) -> list[references.Group]:
    """By the groups they stand in, which come in their order."""
    return [
        (group, [(str(category.id), category.name) for category in inside])
        for group, inside in groupby(categories, key=lambda category: category.group)
    ]


def _retired(had: list[Chosen], offered: list[Choice]) -> list[Choice]:
    """Those of the report that are not offered any more, and say so."""
    known = dict(offered)
    return [
        (chosen.id, f"{chosen.name} ({RETIRED.lower()})")
        for chosen in had
        if chosen.id not in known
    ]


async def read_agency(page_request: PageRequest, agency_id: int | None) -> AgencyDetails:
    """One agency, also one that is no longer in use."""
    return await page_request.read("routing", f"/agencies/{agency_id}", AgencyDetails)


async def agency_of(page_request: PageRequest, agency_id: int) -> list[AgencyOption]:
    """The agency chosen, as the one option; none where there is no such agency."""
    try:
        return [agency_option(await read_agency(page_request, agency_id))]
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        return []


async def search(page_request: PageRequest, query: str, *, below: int | None) -> list[AgencyRow]:
    """The agencies of these words in their name, with `below` only that one and those below it."""
    params = {"q": query, "below": below, "limit": 25}
    return (await page_request.read("routing", "/agencies", Page[AgencyRow], params=params)).items


async def _offered(
    page_request: PageRequest, known: ActionForm, report: ReportView, form: FormData, name: str
) -> list[AgencyOption]:
    query = form.get(f"{name}_cari").strip()
    own = page_request.session.agency_id
    handing = known.offers in ("to_verify", "to_follow_up")
    agencies: list[AgencyRow] = []
    if query:
        agencies = await search(page_request, query, below=own if handing else None)
    elif handing:
        with_own = known.offers == "to_follow_up"
        path, params = f"/reports/{report.number}/suggested-agencies", {"own": with_own}
        agencies = await page_request.read("routing", path, list[AgencyRow], params=params)
    options = [agency_option(agency, _unavailable(agency, known, own)) for agency in agencies]
    return references.keep_chosen(form, name, options)


def _unavailable(agency: AgencyRow, known: ActionForm, own: int | None) -> str:
    match known.offers:
        case "to_verify" if not agency.connected:
            return "Belum terhubung: belum ada admin aktif."
        case "to_verify" if agency.id == own:
            return "Instansi Anda sendiri."
        case "to_follow_up" if not agency.can_follow_up:
            return "Belum terhubung: belum ada petugas aktif."
        case "to_follow_up" if known.path.endswith("/forward") and agency.id == own:
            return "Instansi Anda sendiri."
        case "not_connected" if agency.can_follow_up:
            return "Sudah terhubung: laporan dapat langsung diserahkan kepadanya."
        case _:
            return ""
