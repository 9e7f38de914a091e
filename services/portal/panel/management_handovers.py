"""Handing over all open reports of a unit to another unit, or of an officer to a colleague."""

from typing import Literal

from fastapi import APIRouter, Response

from services.portal.answers import Items, answer_as
from services.portal.contracts.routing import Colleague, Duties, HandoverShown
from services.portal.form_data import FormData, searched
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.pages import relabelled
from services.portal.panel.agency_finding import offered
from services.portal.panel.management_agencies import managed_agency
from shared.http.paths import Id
from shared.http.problems import Problem

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {"to_id": "Kepada", "from_id": "Dari"}
Kind = Literal["reports", "assignments"]


@router.get("/instansi/{agency_id}/alih")
async def of_unit(page_request: PanelRequest, agency_id: Id) -> Response:
    return await _unit(page_request, agency_id, FormData(names=NAMES))


@router.post("/instansi/{agency_id}/alih")
async def hand_over_unit(page_request: PanelRequest, agency_id: Id) -> Response:
    form = FormData(await page_request.form(*searched("to_id")), NAMES)
    if form.get("langkah") != "kirim":
        return await _unit(page_request, agency_id, form)
    try:
        return await _request_handover(page_request, "reports", agency_id, form)
    except Problem as problem:
        form.refuse(problem)
        return await _unit(page_request, agency_id, form, problem.status)


@router.get("/pengguna/{staff_id}/alih")
async def of_officer(page_request: PanelRequest, staff_id: Id) -> Response:
    return await _officer(page_request, staff_id, FormData(names=NAMES))


@router.post("/pengguna/{staff_id}/alih")
async def hand_over_officer(page_request: PanelRequest, staff_id: Id) -> Response:
    form = FormData(await page_request.form("to_id"), NAMES)
    try:
        return await _request_handover(page_request, "assignments", staff_id, form)
    except Problem as problem:
        form.refuse(problem)
        return await _officer(page_request, staff_id, form, problem.status)


async def _request_handover(
    page_request: PageRequest, kind: Kind, from_id: int, form: FormData
) -> Response:
    body: dict[str, object] = {"kind": kind, "from_id": from_id, **form.filled_ids("to_id")}
    answer = await page_request.call("routing", "POST", "/management/handovers", json=body)
    return page_request.go(f"/panel/instansi/alih/{answer_as(HandoverShown, answer).id}")


async def _unit(
    page_request: PageRequest, agency_id: int, form: FormData, status: int = 200
) -> Response:
    known = await managed_agency(page_request, agency_id)
    options = await offered(page_request, form, "to_id", below=True)
    others = [option for option in options if option.id != agency_id]
    return page_request.page(
        "panel/handover_unit.html", status, form=form, agency=known, agencies=others
    )


async def _officer(
    page_request: PageRequest, staff_id: int, form: FormData, status: int = 200
) -> Response:
    path = f"/management/handovers/duties/{staff_id}"
    duties = await page_request.read("routing", path, Duties)
    colleagues = []
    for duty in duties.agencies:
        params = {"agency": duty.agency_id}
        staff = await page_request.read("routing", "/staff", Items[Colleague], params=params)
        colleagues += [
            (
                person.id,
                f"{person.name} – {relabelled(person.role_label, 'role')}, {duty.agency_name}",
            )
            for person in staff.items
            if person.id != staff_id
        ]
    return page_request.page(
        "panel/handover_officer.html", status, form=form, duties=duties, colleagues=colleagues
    )
