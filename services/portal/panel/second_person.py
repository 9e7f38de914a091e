"""*Persetujuan*: requests of others that this person may grant, and their own requests."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.contracts.routing import Requests, RequestToConfirm
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.managing import require_manager
from shared.http.problems import Problem
from shared.lifecycle.people import MANAGERS

router = APIRouter(prefix="/panel/persetujuan", include_in_schema=False)

PATH = "/second-person/requests"
_DONE = {
    "grant": "Disetujui. Keputusan Anda dicatat.",
    "refuse": "Ditolak. Keputusan Anda dicatat.",
}


@router.get("")
async def requests(page_request: PanelRequest) -> Response:
    require_manager(page_request)
    return await _page(page_request, FormData())


@router.post("/{request_id}/{decision}")
async def decide(
    page_request: PanelRequest, request_id: UUID, decision: Literal["grant", "refuse"]
) -> Response:
    form = FormData(await page_request.form(), {"reason": "Alasan"})
    try:
        await page_request.call(
            "routing", "POST", f"{PATH}/{request_id}/{decision}", json=form.filled("reason")
        )
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status)
    return page_request.go("/panel/persetujuan", _DONE[decision])


async def to_decide(page_request: PageRequest) -> list[RequestToConfirm]:
    """Return the requests that wait for this person, for a notice on their first page."""
    if page_request.session.role not in MANAGERS:
        return []
    requests = (await page_request.read("routing", PATH, Requests)).items
    return [request for request in requests if request.decidable]


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    items = (await page_request.read("routing", PATH, Requests)).items
    return page_request.page("panel/second_person.html", status, items=items, form=form)
