"""The queue: tabs with counts, filters, search, order, pages."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.contracts.intake import AgencyChoice
from services.portal.contracts.routing import QueueRow, TabCount
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.forms import in_order, owed
from services.portal.panel.second_person import to_decide
from shared.http.paging import Page

router = APIRouter(prefix="/panel", include_in_schema=False)

FLAGS = ("overdue", "escalated", "priority", "anonymous", "secret", "held", "assigned_to_me")
_FILTERS = (
    "scope", "agency", "category", "classification", "channel", "region", "q", "order",
    "due_before", "submitted_from", "submitted_to", *FLAGS,
)  # fmt: skip
_OWED = ("unverified", "awaiting_follow_up", "in_process", "requests")
"""The tabs in which something can be late."""
_COUNTED = 20


@router.get("")
async def queue(page_request: PanelRequest) -> Response:
    query = page_request.request.query_params
    form = FormData({name: query[name] for name in (*_FILTERS, "tab", "sub") if name in query})
    if not form.get("tab"):
        officer = page_request.session.role == "liaison_officer"
        form.set("tab", "awaiting_follow_up" if officer else "unverified")
    references.spread_region(form, form.get("region"))
    below = {"scope": form.get("scope"), "agency": form.get("agency")}
    params = {**_params(form), "cursor": query.get("lanjut"), "limit": 25}
    (page, counts), agencies, categories, provinces, late, waiting = await asyncio.gather(
        asyncio.gather(
            page_request.read("routing", "/queue", Page[QueueRow], params=params),
            page_request.read("routing", "/queue/counts", list[TabCount], params=below),
        ),
        _agencies_below(page_request),
        references.categories(page_request),
        references.provinces(page_request),
        asyncio.gather(*(_late(page_request, tab, below) for tab in _OWED)),
        to_decide(page_request),
    )
    return page_request.page(
        "panel/queue.html",
        to_decide=waiting,
        form=form,
        page=page,
        counts=counts,
        late={tab: words for tab, words in zip(_OWED, late, strict=True) if words},
        agencies=agencies,
        categories=categories,
        provinces=provinces,
        flags=FLAGS,
        owed_tabs=_OWED,
        in_order=in_order,
        owed=owed,
        filtered=[name for name in _FILTERS if form.get(name) and name != "scope"],
        link=lambda **changed: _link(form, changed),
    )


async def _late(page_request: PageRequest, tab: str, below: dict[str, str]) -> str:
    """How many reports of a tab are late, counted as far as a person would."""
    params = {"tab": tab, "overdue": "true", "limit": _COUNTED, **below}
    page = await page_request.read("routing", "/queue", Page[QueueRow], params=params)
    if page.next:
        return f"lebih dari {_COUNTED}"
    return str(len(page.items)) if page.items else ""


def _params(form: FormData) -> dict[str, object]:
    params = form.given("tab", "sub", *_FILTERS)
    for name in FLAGS:
        if name in params:
            params[name] = "true"
    return params


def _link(form: FormData, changed: dict[str, object]) -> str:
    """This queue's address with some parameters changed; a value of None leaves one out."""
    params = form.given("tab", "sub", *_FILTERS) | changed
    return "/panel?" + urlencode({k: v for k, v in params.items() if v is not None})


async def _agencies_below(page_request: PageRequest) -> list[references.Option]:
    params = {"parent": page_request.session.agency_id, "limit": 100}
    agencies = await page_request.read("intake", "/agencies", list[AgencyChoice], params=params)
    return [(str(agency.id), agency.name) for agency in agencies]
