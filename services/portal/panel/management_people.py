"""*Manajemen Pengguna*: find, add, change, remove people; their one-time links."""

from typing import Any

from fastapi import APIRouter, Path, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from services.portal.panel.choices import agency_of, search
from services.portal.panel.managing import only_who_manages
from services.portal.references import keep_chosen
from shared.http.problems import Problem
from shared.labels import labels

router = APIRouter(prefix="/panel/pengguna", include_in_schema=False)

NAMES = {
    "username": "Nama pengguna",
    "name": "Nama",
    "role": "Jabatan",
    "agency_id": "Instansi",
}
ID = Path(ge=1, le=2**31 - 1)
_RANKS = ("liaison_officer", "agency_admin", "coordinating_admin", "central_admin")


@router.get("")
async def people(visit: PanelVisit) -> Response:
    form = Filled(dict(visit.request.query_params))
    given = form.given("q", "role", "agency_id") | {"active": not form.get("dihapus")}
    params = {**given, "cursor": form.get("lanjut")}
    page = await visit.read("routing", "/management/staff", params=params)
    chosen = await _chosen(visit, form)
    below = chosen[0] if chosen else None
    return visit.page("panel/people.html", form=form, page=page, roles=_roles(visit), below=below)


@router.get("/tambah")
async def new_person(visit: PanelVisit) -> Response:
    only_who_manages(visit)
    where = Filled(dict(visit.request.query_params)).id("instansi")
    agency_id = where if isinstance(where, int) else visit.session.agency_id
    filled = {"agency_id": agency_id, "role": "agency_admin"}
    return await _form(visit, Filled(filled, NAMES))


@router.post("/tambah")
async def add_person(visit: PanelVisit) -> Response:
    form = Filled(await visit.form(), NAMES)
    if form.get("langkah") != "kirim":
        return await _form(visit, form)
    try:
        answer = await visit.call("routing", "POST", "/management/staff", json=_body(form))
    except Problem as problem:
        form.refuse(problem)
        return await _form(visit, form, status=problem.status)
    return visit.page("panel/person_link.html", made=answer.json(), what="ditambahkan")


@router.get("/{staff_id}")
async def person(visit: PanelVisit, staff_id: int = ID) -> Response:
    """Somebody else; one's own account is a page of its own."""
    if (await visit.read("routing", "/me"))["id"] == staff_id:
        return visit.go("/panel/akun")
    known = await visit.read("routing", f"/management/staff/{staff_id}")
    return await _form(visit, Filled(known, NAMES), known)


@router.post("/{staff_id}")
async def change_person(visit: PanelVisit, staff_id: int = ID) -> Response:
    form = Filled(await visit.form(), NAMES)
    path = f"/management/staff/{staff_id}"
    if form.get("langkah") != "kirim":
        return await _form(visit, form, await visit.read("routing", path))
    known = await visit.read("routing", path)
    body = {name: value for name, value in _body(form).items() if value != known[name]}
    try:
        await visit.call("routing", "PATCH", path, json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _form(visit, form, known, problem.status)
    return visit.go("/panel/pengguna", "Data pengguna diubah.")


@router.post("/{staff_id}/hapus")
async def remove_person(visit: PanelVisit, staff_id: int = ID) -> Response:
    await visit.form()
    path = f"/management/staff/{staff_id}"
    try:
        await visit.call("routing", "DELETE", path)
    except Problem as problem:
        return await _refused(visit, staff_id, problem)
    return visit.go("/panel/pengguna", "Pengguna dihapus. Semua sesinya berakhir.")


@router.post("/{staff_id}/tautan")
async def new_link(visit: PanelVisit, staff_id: int = ID) -> Response:
    await visit.form()
    try:
        answer = await visit.call("routing", "POST", f"/management/staff/{staff_id}/password-link")
    except Problem as problem:
        return await _refused(visit, staff_id, problem)
    if answer.status_code == 202:
        return _waits(visit)
    return visit.page("panel/person_link.html", made=answer.json(), what="mendapat tautan baru")


@router.post("/{staff_id}/pulihkan")
async def restore_person(visit: PanelVisit, staff_id: int = ID) -> Response:
    form, path = Filled(await visit.form(), NAMES), f"/management/staff/{staff_id}"
    known = await visit.read("routing", path)
    if form.get("langkah") == "cari":
        return await _form(visit, form, known)
    body = {name: value for name, value in _body(form).items() if name == "agency_id"}
    try:
        answer = await visit.call("routing", "POST", f"{path}/restore", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _form(visit, form, known, problem.status)
    if answer.status_code == 202:
        return _waits(visit)
    return visit.page("panel/person_link.html", made=answer.json(), what="dipulihkan")


@router.post("/{staff_id}/faktor-kedua")
async def reset_second_factor(visit: PanelVisit, staff_id: int = ID) -> Response:
    await visit.form()
    try:
        path = f"/management/staff/{staff_id}/second-factor"
        answer = await visit.call("routing", "DELETE", path)
    except Problem as problem:
        return await _refused(visit, staff_id, problem)
    if answer.status_code == 202:
        return _waits(visit)
    return visit.go(f"/panel/pengguna/{staff_id}", "Faktor kedua dihapus. Sesinya berakhir.")


def _waits(visit: Visit) -> Response:
    return visit.go(
        "/panel/persetujuan",
        "Perlu persetujuan orang kedua. Sesudah disetujui, ulangi langkah ini dalam 24 jam.",
    )


async def _refused(visit: Visit, staff_id: int, problem: Problem) -> Response:
    """The person's page with why not; the problem itself for who may not see that page."""
    if problem.status != 409:
        raise problem
    known = await visit.read("routing", f"/management/staff/{staff_id}")
    form = Filled(known, NAMES)
    form.refuse(problem)
    return await _form(visit, form, known, problem.status)


def _roles(visit: Visit) -> list[tuple[str, str]]:
    """Those that this person may give."""
    known = labels("role")
    mine = _RANKS.index(visit.session.role) if visit.session.role in _RANKS else 0
    return [(code, known[code]) for code in _RANKS[: mine + 1]]


def _body(form: Filled) -> dict[str, Any]:
    return form.given("username", "name", "role") | form.given_ids("agency_id")


async def _form(
    visit: Visit, form: Filled, known: dict[str, Any] | None = None, status: int = 200
) -> Response:
    query, own = form.get("agency_id_cari").strip(), visit.session.agency_id
    found = await search(visit, query, below=own) if query else await _chosen(visit, form)
    return visit.page(
        "panel/person.html",
        status,
        form=form,
        person=known,
        agencies=keep_chosen(form, "agency_id", found),
        roles=_roles(visit),
    )


async def _chosen(visit: Visit, form: Filled) -> list[dict[str, Any]]:
    chosen = form.id("agency_id")
    return await agency_of(visit, chosen) if isinstance(chosen, int) else []
