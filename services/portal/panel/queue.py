"""The queue: tabs with counts, filters, search, order, pages."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from services.portal.panel.forms import in_order, owed
from services.portal.panel.second_person import to_decide

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
async def queue(visit: PanelVisit) -> Response:
    asked = visit.request.query_params
    form = Filled({name: asked[name] for name in (*_FILTERS, "tab", "sub") if name in asked})
    if not form.get("tab"):
        officer = visit.session.role == "liaison_officer"
        form.set("tab", "awaiting_follow_up" if officer else "unverified")
    references.spread_region(form, form.get("region"))
    below = {"scope": form.get("scope"), "agency": form.get("agency")}
    params = {**_params(form), "cursor": asked.get("lanjut"), "limit": 25}
    page, counts, agencies, categories, provinces, *late = await asyncio.gather(
        visit.read("routing", "/queue", params=params),
        visit.read("routing", "/queue/counts", params=below),
        _agencies_below(visit),
        references.categories(visit),
        visit.read("intake", "/regions"),
        *(_late(visit, tab, below) for tab in _OWED),
    )
    return visit.page(
        "panel/queue.html",
        to_decide=await to_decide(visit),
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


async def _late(visit: Visit, tab: str, below: dict[str, Any]) -> str:
    """How many reports of a tab are late, counted as far as a person would."""
    params = {"tab": tab, "overdue": "true", "limit": _COUNTED, **below}
    found = await visit.read("routing", "/queue", params=params)
    if found["next"]:
        return f"lebih dari {_COUNTED}"
    return str(len(found["items"])) if found["items"] else ""


def _params(form: Filled) -> dict[str, Any]:
    params: dict[str, Any] = form.given("tab", "sub", *_FILTERS)
    for name in FLAGS:
        if name in params:
            params[name] = "true"
    return params


def _link(form: Filled, changed: dict[str, Any]) -> str:
    """This queue's address with some parameters changed; a value of None leaves one out."""
    params = form.given("tab", "sub", *_FILTERS) | changed
    return "/panel?" + urlencode({k: v for k, v in params.items() if v is not None})


async def _agencies_below(visit: Visit) -> list[references.Option]:
    found = await visit.read(
        "intake", "/agencies", params={"parent": visit.session.agency_id, "limit": 100}
    )
    return [(str(one["id"]), one["name"]) for one in found]
