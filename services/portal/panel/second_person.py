"""*Persetujuan*: what another has asked and this person may grant, and what they asked."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from services.portal.panel.managing import COORDINATORS, only_who_manages
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/persetujuan", include_in_schema=False)

PATH = "/second-person/requests"
_DONE = {
    "grant": "Disetujui. Keputusan Anda dicatat.",
    "refuse": "Ditolak. Keputusan Anda dicatat.",
}


@router.get("")
async def requests(visit: PanelVisit) -> Response:
    only_who_manages(visit)
    return await _page(visit, Filled())


@router.post("/{request_id}/{decision}")
async def decide(
    visit: PanelVisit, request_id: UUID, decision: Literal["grant", "refuse"]
) -> Response:
    form = Filled(await visit.form(), {"reason": "Alasan"})
    try:
        await visit.call(
            "routing", "POST", f"{PATH}/{request_id}/{decision}", json=form.given("reason")
        )
    except Problem as problem:
        form.refuse(problem)
        return await _page(visit, form, problem.status)
    return visit.go("/panel/persetujuan", _DONE[decision])


async def to_decide(visit: Visit) -> list[dict[str, Any]]:
    """What waits for this person, for a notice on their first page."""
    if visit.session.role not in COORDINATORS:
        return []
    items = (await visit.read("routing", PATH))["items"]
    return [one for one in items if one["decidable"]]


async def _page(visit: Visit, form: Filled, status: int = 200) -> Response:
    items = (await visit.read("routing", PATH))["items"]
    return visit.page("panel/second_person.html", status, items=items, form=form)
