"""The choices that the forms of the panel offer."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from services.portal import references
from services.portal.answers import Items
from services.portal.contracts.followup import Foreseen, LinkedTargets
from services.portal.contracts.routing import (
    AgencyDetails,
    Chosen,
    CodeChoice,
    Colleague,
    GroupedCategory,
    ReportView,
    SimilarReports,
    VerificationAids,
    VerificationChoices,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.pages import label, moment, relabelled
from services.portal.panel.agency_finding import offered
from services.portal.panel.forms import ActionForm
from services.portal.references import RETIRED, AgencyOption, agency_option
from services.portal.service_calls import Refusal
from services.portal.translation import translated
from shared.labels import labels
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
    """Return the agencies to choose from, by field: the results of a search or, before a search,
    those that the report suggests. Agencies that cannot be chosen say why."""
    options: dict[str, list[AgencyOption]] = {}
    if known.agency is not None:
        options[known.agency] = await offered(
            page_request, form, known.agency, purpose=known.purpose, report=report.number
        )
        if known.purpose == "forward":
            options["copies"] = await offered(page_request, form, "copies")
    return options


def call_words(form: FormData, known: ActionForm, action: str) -> None:
    """Name the fields in the form's error summary as the action's form labels them."""
    if known.words:
        form.names[known.words_field] = known.words
    form.names |= _CALLED.get(action, {})


async def choices_for(
    page_request: PageRequest, action: str, form: FormData, report: ReportView
) -> dict[str, Any]:
    """Return the further lists that an action's form needs."""
    if action == "coordinate":
        staff = (await page_request.read("routing", "/staff", Items[Colleague])).items
        return {"colleagues": [(person.id, _colleague(person)) for person in staff]}
    if action == Action.DEFER:
        return {"kinds": [(code, label("deferral", code), _ABOUT[code]) for code in DeferralKind]}
    if action == Action.FOLLOW_UP:
        still_at_it = FollowUpKind.INITIAL_RESPONSE
        return {
            "to_linked": await _linked_targets(page_request, report),
            "outcomes": [
                *((code, label("outcome", code), _ABOUT[code]) for code in FollowUpOutcome),
                (still_at_it, label("follow_up_kind", still_at_it), _ABOUT[still_at_it]),
            ],
            "unmet_reasons": [(code, label("unmet_reason", code)) for code in UnmetReason],
        }
    if action in (Action.REPLY, Action.COMPLETE_INFORMATION):
        return {"brought_by": [(code, label("brought_by", code)) for code in BroughtBy]}
    if action == Action.LINK:
        path = f"/reports/{report.number}/similar"
        return {"similar": (await page_request.read("routing", path, SimilarReports)).items}
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
    if action == Action.VERIFY:
        path = f"/reports/{report.number}/verification"
        params = _chosen_so_far(form)
        aids = await page_request.read("routing", path, VerificationAids, params=params)
        lists = _corrected_by(aids.choices, form, report)
        return {**lists, "similar": aids.similar, "checked": aids.checked}
    if action != Action.AMEND:
        return {}
    return await corrections(page_request, form, report)


async def corrections(
    page_request: PageRequest, form: FormData, report: ReportView | None = None
) -> dict[str, Any]:
    """Return the lists of a verification's form."""
    params = _chosen_so_far(form)
    offered = await page_request.read(
        "routing", "/verification-choices", VerificationChoices, params=params
    )
    return _corrected_by(offered, form, report)


def _chosen_so_far(form: FormData) -> dict[str, int | str | None]:
    """Return the choices on which the lists depend."""
    category_id = form.id("category_id")
    known = isinstance(category_id, int) and 0 < category_id < 2**31
    return {
        "category": category_id if known else None,
        "region": references.region_chosen(form),
    }


def _corrected_by(
    offered: VerificationChoices, form: FormData, report: ReportView | None
) -> dict[str, Any]:
    """Return the lists of a verification's form. Values that the report already has are offered
    even if they are no longer in use, because a form saves only what it shows."""
    tags = [(tag.id, tag.name) for tag in offered.tags]
    programmes = [(programme.id, programme.name) for programme in offered.programmes]
    categories = grouped(offered.categories)
    if report is not None:
        category, programme = report.category, report.programme
        if category:
            categories = references.with_category(categories, str(category.id), category.name)
        if category and form.get("category_id") == str(category.id):
            tags += _retired(report.tags, tags)
        programmes += _retired([programme] if programme else [], programmes)
    return {
        "regions": references.region_selects(
            form,
            {level.level: level.regions for level in offered.regions},
            report.place.region_code if report else None,
        ),
        "categories": references.narrowed(form, "category_id", categories),
        "tags": tags,
        "programmes": programmes,
        "refined": [
            (code, label("classification", code))
            for code in Classification
            if code is not Classification.COMPLAINT
        ],
    }


async def _linked_targets(page_request: PageRequest, report: ReportView) -> list[Foreseen]:
    if not report.links.linked and not report.links.linked_elsewhere:
        return []
    path = f"/reports/{report.number}/linked-follow-ups"
    return (await page_request.read("followup", path, LinkedTargets)).items


def _colleague(person: Colleague) -> str:
    """Return a colleague's name and role, and who stands in for them today."""
    words = f"{person.name} – {relabelled(person.role_label, 'role')}"
    return f"{words} (Plt.: {person.stand_in.stand_in_name})" if person.stand_in else words


_ENOUGH = 80
"""Characters of a follow-up that are shown, enough to recognise it."""
_ABOUT: dict[str, str] = {
    DeferralKind.INCOMPLETE_DATA: "Pertanyaan dikirim kepada pelapor.",
    DeferralKind.AGENCY_NOT_CONNECTED: "Menunggu sampai instansinya terhubung.",
    FollowUpOutcome.DONE: "Bila tidak ditanggapi, laporan ditutup otomatis setelah waktu"
    " penutupannya habis.",
    FollowUpOutcome.CANNOT_BE_MET: "Tulis sebabnya di bawah. Bila tidak ditanggapi, laporan"
    " ditutup otomatis.",
    FollowUpKind.INITIAL_RESPONSE: "Masih dikerjakan; belum ada penutupan otomatis.",
}


def grouped(categories: list[GroupedCategory]) -> list[references.Group]:
    """Return the categories by group, in the order of the groups."""
    return [
        (
            group,
            [
                references.CategoryOption(
                    str(category.id), category.name, ", ".join(category.aliases)
                )
                for category in inside
            ],
        )
        for group, inside in groupby(categories, key=lambda category: category.group)
    ]


def _retired(had: list[Chosen], offered: list[Choice]) -> list[Choice]:
    """Return those of the report's values that are no longer offered, marked so."""
    known = dict(offered)
    return [
        (chosen.id, f"{chosen.name} ({translated(RETIRED).lower()})")
        for chosen in had
        if chosen.id not in known
    ]


async def read_agency(page_request: PageRequest, agency_id: int | None) -> AgencyDetails:
    """Return one agency, including one that is no longer in use."""
    return await page_request.read("routing", f"/agencies/{agency_id}", AgencyDetails)


async def agency_of(page_request: PageRequest, agency_id: int) -> list[AgencyOption]:
    """Return the chosen agency as the only option, or no option if there is no such agency."""
    try:
        return [agency_option(await read_agency(page_request, agency_id))]
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        return []


_CALLED: Mapping[str, Mapping[str, str]] = {
    Action.VERIFY: {"agency_id": "Satuan kerja yang menindaklanjuti"},
    Action.THROW: {"agency_id": "Instansi di bawah"},
    Action.FORWARD: {"agency_id": "Diteruskan kepada"},
    Action.DEFER: {"kind": "Kategori penundaan", "note": labels("field")["deferral_note"]},
    Action.ARCHIVE: {"note": labels("field")["archive_note"]},
    Action.COORDINATE: {"note": "Catatan internal"},
    Action.REPLY: {"text": "Yang disampaikan pelapor"},
    Action.COMPLETE_INFORMATION: {"text": "Yang disampaikan pelapor"},
}
"""The labels of fields that differ from those in other actions."""
