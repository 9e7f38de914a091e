"""*Tugas Saya*: what the person or their agency owes now, the first page after signing in."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from services.portal.contracts.routing import OwedCounts, OwedItem, StandIns
from services.portal.form_data import FormData
from services.portal.page_request import PanelRequest
from services.portal.panel.forms import in_order, owed_action
from services.portal.panel.second_person import to_decide
from shared.http.paging import Page

router = APIRouter(prefix="/panel", include_in_schema=False)

PATH = "/panel/tugas"


@router.get("/tugas")
async def owed_list(page_request: PanelRequest) -> Response:
    if page_request.session.only_reads:
        return page_request.go("/panel?scope=below")  # a role that only reads owes nothing
    query = page_request.request.query_params
    kind, whose, cursor = query.get("jenis"), query.get("milik"), query.get("lanjut")
    which = {"whose": whose}
    page, counts, stand_ins, waiting = await asyncio.gather(
        page_request.filtered(
            "routing", "/owed", Page[OwedItem], {**which, "kind": kind, "cursor": cursor}
        ),
        page_request.filtered("routing", "/owed/counts", OwedCounts, which),
        page_request.read("routing", "/me/stand-in", StandIns),
        to_decide(page_request),
    )

    def link(**changed: str | None) -> str:
        params = {"jenis": kind, "milik": whose} | changed
        chosen = {name: value for name, value in params.items() if value}
        return f"{PATH}?{urlencode(chosen)}" if chosen else PATH

    return page_request.page(
        "panel/owed.html",
        page=page,
        counts=counts,
        stands_in_for=[each for each in stand_ins.stands_in_for if each.in_force],
        to_decide=waiting,
        kind=kind,
        whose=whose,
        link=link,
        back=link(lanjut=cursor),
        in_order=in_order,
        owed=owed_action,
        request_id=None,
        blank=FormData(),
    )
