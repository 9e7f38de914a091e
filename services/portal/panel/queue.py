"""The queue: tabs with counts, filters, search, order, pages."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from services.portal import references
from services.portal.contact_searches import in_address, searched_for
from services.portal.contracts.routing import QueueChoices, QueuePage, TabCount
from services.portal.filters import applied
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.pages import label, labels, thousands
from services.portal.panel.agency_finding import offered
from services.portal.panel.bell import passed_on
from services.portal.panel.bulk import bulk_forms_for
from services.portal.panel.choices import agency_of, grouped
from services.portal.panel.choosing import chosen_in
from services.portal.panel.forms import in_order, owed_action
from services.portal.panel.second_person import to_decide
from services.portal.translation import translated
from shared.bulk_commands import MOST
from shared.http.problems import Problem
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import STATUSES_OF, Status, Tab
from shared.values.report_numbers import numbers_in

router = APIRouter(prefix="/panel", include_in_schema=False)

FLAGS = (
    "overdue",
    "escalated",
    "priority",
    "anonymous",
    "secret",
    "held",
    "linked",
    "reply_owed",
    "assigned_to_me",
)
_FILTERS = (
    "scope", "agency", "status", "category", "classification", "channel", "region", "assignee",
    "q", "order", "due_before", "submitted_from", "submitted_to", *FLAGS,
)  # fmt: skip
_OWED = ("unverified", "awaiting_follow_up", "in_process", "requests")
"""The tabs in which something can be late."""
_COUNTED = 20
_MANY = 100
"""The number of reports on a long page, for people who choose many of them."""
_STATUSES = {tab.value: STATUSES_OF[tab] for tab in Tab} | {
    "thrown": STATUSES_OF[Tab.UNVERIFIED] | STATUSES_OF[Tab.DEFERRED],
    "disposed": STATUSES_OF[Tab.AWAITING_FOLLOW_UP]
    | STATUSES_OF[Tab.IN_PROCESS]
    | STATUSES_OF[Tab.CLOSED],
}
"""The statuses that a report of a tab can have; tabs not listed have any."""


@router.get("/langsung")
async def live(page_request: PanelRequest) -> Response:
    """Pass on the stream of events of reports: see `bell.live`."""
    return await passed_on(page_request, "reporting", "/events")


@router.get("/hitungan")
async def tab_counts(page_request: PanelRequest) -> Response:
    """Return the number of reports of each tab, by `tab` or `tab/sub`, for a page that stays
    open."""
    query = page_request.request.query_params
    below = {name: query[name] for name in ("scope", "agency") if query.get(name)}
    counts = await page_request.read("routing", "/queue/counts", list[TabCount], params=below)
    return page_request.for_script(JSONResponse(_numbers(counts)))


@router.get("")
async def queue(page_request: PanelRequest) -> Response:
    query = page_request.request.query_params
    form = FormData({name: query[name] for name in (*_FILTERS, "tab", "sub") if name in query})
    if not form.get("tab"):
        officer = page_request.session.role is Role.LIAISON_OFFICER
        form.set("tab", "awaiting_follow_up" if officer else "unverified")
    if form.get("tab") == "all":
        form.set("sub", "")
    written = form.get("q")
    form.set("q", searched_for(page_request, written))
    if written == form.get("q") != (sealed := in_address(page_request, written)):
        return page_request.go(_link(form, {"q": sealed}), page_request.session.notice)
    kept: dict[str, object] = {"q": written or None}
    references.spread_region(form, form.get("region"))
    below = {"scope": form.get("scope"), "agency": form.get("agency")}
    many = query.get("banyak") == str(_MANY)
    kept |= {"banyak": _MANY} if many else {}
    limit = _MANY if many else 25
    params = {**_params(form), "cursor": query.get("lanjut"), "limit": limit}
    page, counts, choices, waiting = await asyncio.gather(
        page_request.filtered("routing", "/queue", QueuePage, params),
        page_request.filtered("routing", "/queue/counts", list[TabCount], below),
        page_request.read("routing", "/queue/choices", QueueChoices),
        to_decide(page_request),
    )
    categories = references.with_chosen_category(form, grouped(choices.categories))
    colleagues = [(str(person.id), person.name) for person in choices.colleagues]
    colleagues = references.with_chosen(form, "assignee", colleagues)
    agencies, found = await _agencies(page_request, form, choices)
    chosen = await chosen_in(page_request, _params(form), page)
    flags = _flags()
    shown = {
        "agency": agencies,
        "status": labels("status"),
        "assignee": dict(colleagues),
        "category": {item.code: item.name for _, inside in categories for item in inside},
        "classification": labels("classification"),
        "channel": labels("channel"),
        "region": {province.code: province.name for province in choices.provinces},
        **dict.fromkeys(("submitted_from", "submitted_to", "due_before")),
        "order": dict(_orders()),
        "q": {},
    }
    return page_request.page(
        "panel/queue.html",
        to_decide=waiting,
        counted="/panel/hitungan?" + urlencode({k: v for k, v in below.items() if v}),
        form=form,
        page=page,
        not_found=_not_found(form, page) if not query.get("lanjut") else [],
        counts=counts,
        numbers=_numbers(counts),
        late={count.tab: _how_many(count.late) for count in counts if count.late},
        agencies=[(str(agency.id), agency.name) for agency in choices.agencies],
        many_agencies=choices.many_agencies,
        found=found,
        categories=categories,
        provinces=[(province.code, province.name) for province in choices.provinces],
        statuses=_statuses(form),
        orders=_orders(),
        colleagues=colleagues,
        flags=[
            (name, words)
            for name, words in flags.items()
            if name != "reply_owed" or _has_replied(form)
        ],
        applied=list(applied(form, lambda **changed: _link(form, kept | changed), shown, flags)),
        owed_tabs=_OWED,
        bulk_forms=bulk_forms_for(
            page.items, page_request.session.role, also=bool(chosen.elsewhere)
        ),
        chosen=chosen,
        most_at_once=MOST,
        this_page=query.get("lanjut"),
        many=None if many else _MANY,
        in_order=in_order,
        owed=owed_action,
        views=[(view, "/panel?" + urlencode(view.query)) for view in choices.views],
        saved=_params(form),
        name_of_view=query.get("nama", "")[:60],
        filtered=[name for name in _FILTERS if form.get(name) and name != "scope"],
        link=lambda **changed: _link(form, kept | changed),
        to_tab=lambda tab, **changed: _link(form, {**kept, "tab": tab, **_OF_A_TAB, **changed}),
    )


@router.post("")
async def search(page_request: PanelRequest) -> Response:
    """Redirect to the list that the form asks for."""
    fields = *_FILTERS, "agency_cari", "agency_nama", "tab", "sub"
    form = FormData(await page_request.form(*fields))
    kept: dict[str, object] = {"q": in_address(page_request, form.get("q").strip()) or None}
    if form.get("langkah") == "cari" or not form.get("agency"):
        kept |= form.filled("agency_cari")
    return page_request.go(_link(form, kept))


@router.post("/tampilan")
async def save_view(page_request: PanelRequest) -> Response:
    """Save the filters in the form under the given name."""
    form = FormData(await page_request.form(*_FILTERS, "tab", "sub", "nama", "bagikan"))
    kept = {"q": in_address(page_request, form.get("q")) or None}
    back, named = _link(form, kept), urlencode({"nama": form.get("nama")})
    if form.get("langkah") != "kirim":
        return page_request.go(f"{back}&{named}")
    body = {
        "name": form.get("nama"),
        "shared": bool(form.get("bagikan")),
        "query": _params(form),
    }
    try:
        await page_request.call("routing", "POST", "/saved-views", json=body)
    except Problem as problem:
        form.refuse(problem)
        words = " ".join(form.wrong.values()) or (form.refusal and form.refusal.detail) or ""
        return page_request.go(
            f"{back}&{named}", f"{translated('Tampilan belum disimpan.')} {words}"
        )
    return page_request.go(back, "Tampilan disimpan.")


@router.post("/tampilan/{view_id}/hapus")
async def remove_view(page_request: PanelRequest, view_id: UUID) -> Response:
    await page_request.form()
    await page_request.call("routing", "DELETE", f"/saved-views/{view_id}")
    return page_request.go("/panel", "Tampilan dihapus.")


async def _agencies(
    page_request: PageRequest, form: FormData, choices: QueueChoices
) -> tuple[dict[str, str], list[references.AgencyOption]]:
    """Return the names, by id, of the agencies to choose from and of the chosen one; and the
    results of a search by words, if there are too many agencies for a list."""
    names = {str(each.id): each.name for each in choices.agencies}
    found: list[references.AgencyOption] = []
    agency = form.id("agency")
    if isinstance(agency, int) and str(agency) not in names:
        found = await agency_of(page_request, agency)
        names |= {str(each.id): each.name for each in found}
    words = page_request.request.query_params.get("agency_cari", "").strip()
    if choices.many_agencies and words:
        form.set("agency_cari", words)
        found += await offered(page_request, form, "agency", below=True)
        found = list({option.id: option for option in found}.values())
    return names, found


def _numbers(counts: Sequence[TabCount]) -> dict[str, str]:
    """Return the number shown beside each tab; that of *Terdisposisi* is the sum of its
    sub-tabs."""
    shown = {f"{item.tab}/{item.sub}" if item.sub else item.tab: item.count for item in counts}
    shown["disposed"] = sum(item.count for item in counts if item.sub)
    return {name: thousands(count) for name, count in shown.items()}


def _flags() -> dict[str, str]:
    """Return the words of each flag, by its name."""
    words = {
        "overdue": label("mark", "overdue"),
        "escalated": translated("Dieskalasi kepada kami"),
        **{name: label("flag", name) for name in ("priority", "anonymous", "secret")},
        "held": label("mark", "held"),
        "linked": translated("Tertaut ke laporan utama"),
        "reply_owed": translated("Tanggapan pelapor belum dijawab"),
        "assigned_to_me": translated("Ditugaskan kepada saya"),
    }
    return {name: words[name] for name in FLAGS}


def _orders() -> list[references.Option]:
    return [
        ("deadline", translated("Prioritas, lalu tenggat terdekat")),
        ("newest", translated("Terbaru")),
    ]


def _statuses(form: FormData) -> list[references.Option]:
    """Return the statuses to choose from in this tab; none if it has only one."""
    possible = _STATUSES.get(form.get("tab"), frozenset(Status))
    if len(possible) == 1:
        return []
    return [(status.value, label("status", status)) for status in Status if status in possible]


def _has_replied(form: FormData) -> bool:
    """Return whether reports of this tab can have a reply that waits for an answer."""
    return Status.REPLIED_BY_REPORTER in _STATUSES.get(form.get("tab"), frozenset(Status))


def _how_many(late: int) -> str:
    """Return the number of late reports in words, only as exact as a person needs."""
    if late > _COUNTED:
        return translated("lebih dari {count}").format(count=_COUNTED)
    return str(late)


def _not_found(form: FormData, page: QueuePage) -> list[int]:
    """Return those of the searched report numbers that are not on the page, if it is the only
    page."""
    there = {row.number for row in page.items}
    return [n for n in numbers_in(form.get("q")) if n not in there] if not page.next else []


def _params(form: FormData) -> dict[str, object]:
    params = form.filled("tab", "sub", *_FILTERS)
    for name in FLAGS:
        if name in params:
            params[name] = "true"
    return params


_OF_A_TAB = dict.fromkeys(("sub", "order", "status", "reply_owed"))
"""Parameters that are not kept when the tab changes."""


def _link(form: FormData, changed: Mapping[str, object]) -> str:
    """Return this queue's address with some parameters changed; the value None removes one."""
    params = form.filled("tab", "sub", *_FILTERS) | dict(changed)
    return "/panel?" + urlencode({k: v for k, v in params.items() if v is not None})
