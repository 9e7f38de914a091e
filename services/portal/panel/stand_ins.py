"""*Plt.*: who stands in for oneself, or for a person whom one manages, and until when."""

from fastapi import APIRouter, Response

from services.portal.answers import Items
from services.portal.contracts.routing import Colleague, ManagedPerson, Me, StandIns
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from shared.http.paths import Id
from shared.http.problems import Problem

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {
    "stand_in_id": "Pelaksana tugas",
    "first_day": "Sejak",
    "last_day": "Sampai dengan",
}
_OWN = "/panel/plt"


@router.get("/plt")
async def own_stand_in(page_request: PanelRequest) -> Response:
    return await _page(page_request, None, FormData(names=NAMES))


@router.post("/plt")
async def name_own_stand_in(page_request: PanelRequest) -> Response:
    return await _name(page_request, None)


@router.post("/plt/akhiri")
async def end_own_stand_in(page_request: PanelRequest) -> Response:
    return await _end(page_request, None)


@router.get("/pengguna/{staff_id}/plt")
async def stand_in_of(page_request: PanelRequest, staff_id: Id) -> Response:
    return await _page(page_request, staff_id, FormData(names=NAMES))


@router.post("/pengguna/{staff_id}/plt")
async def name_stand_in_of(page_request: PanelRequest, staff_id: Id) -> Response:
    return await _name(page_request, staff_id)


@router.post("/pengguna/{staff_id}/plt/akhiri")
async def end_stand_in_of(page_request: PanelRequest, staff_id: Id) -> Response:
    return await _end(page_request, staff_id)


async def _name(page_request: PageRequest, staff_id: int | None) -> Response:
    form = FormData(await page_request.form(*NAMES), NAMES)
    body = form.filled_ids("stand_in_id") | form.filled("first_day", "last_day")
    try:
        await page_request.call("routing", "PUT", _path(staff_id), json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, staff_id, form, problem.status)
    return page_request.go(_address(staff_id), "Plt. disimpan.")


async def _end(page_request: PageRequest, staff_id: int | None) -> Response:
    await page_request.form()
    await page_request.call("routing", "DELETE", _path(staff_id))
    return page_request.go(_address(staff_id), "Penugasan Plt. diakhiri.")


async def _page(
    page_request: PageRequest, staff_id: int | None, form: FormData, status: int = 200
) -> Response:
    known = await page_request.read("routing", _path(staff_id), StandIns)
    if staff_id is None:
        own = await page_request.read("routing", "/me", Me)
        person_id, role, agency_id = own.id, own.role, own.agency_id
        name = None
    else:
        person = await page_request.read("routing", f"/management/staff/{staff_id}", ManagedPerson)
        person_id, role, agency_id = person.id, person.role, person.agency_id
        name = person.name
    params = {"agency": agency_id}
    staff = (await page_request.read("routing", "/staff", Items[Colleague], params=params)).items
    return page_request.page(
        "panel/stand_in.html",
        status,
        form=form,
        known=known,
        person_id=person_id,
        person_name=name,
        address=_address(staff_id),
        colleagues=[
            (each.id, each.name) for each in staff if each.role == role and each.id != person_id
        ],
    )


def _path(staff_id: int | None) -> str:
    return "/me/stand-in" if staff_id is None else f"/management/staff/{staff_id}/stand-in"


def _address(staff_id: int | None) -> str:
    return _OWN if staff_id is None else f"/panel/pengguna/{staff_id}/plt"
