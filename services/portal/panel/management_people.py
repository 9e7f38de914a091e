"""*Manajemen Pengguna*: find, add, change, remove people; their one-time links."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.routing import ManagedPerson, Me, PersonMade
from services.portal.form_data import FormData, searched
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.agency_finding import offered
from services.portal.panel.choices import agency_of
from services.portal.panel.managing import require_manager
from services.portal.references import AgencyOption, keep_chosen
from services.portal.translation import translated
from shared.http.paging import Page
from shared.http.paths import Id
from shared.http.problems import Problem
from shared.labels import labels
from shared.lifecycle.people import Role

router = APIRouter(prefix="/panel/pengguna", include_in_schema=False)

NAMES = {
    "username": "Nama pengguna",
    "name": "Nama",
    "role": "Jabatan",
    "agency_id": "Instansi",
    "email": "Surel",
}
_FIELDS = ("username", "name", "role", "email", *searched("agency_id"))


@router.get("")
async def people(page_request: PanelRequest) -> Response:
    form = FormData(dict(page_request.request.query_params))
    filters = form.filled("q", "role", "agency_id") | {"active": not form.get("dihapus")}
    params = {**filters, "cursor": form.get("lanjut")}
    page = await page_request.filtered("routing", "/management/staff", Page[ManagedPerson], params)
    chosen = await _chosen(page_request, form)
    below = chosen[0] if chosen else None
    return page_request.page(
        "panel/people.html", form=form, page=page, roles=_roles(page_request), below=below
    )


@router.get("/tambah")
async def new_person(page_request: PanelRequest) -> Response:
    require_manager(page_request)
    where = FormData(dict(page_request.request.query_params)).id("instansi")
    agency_id = where if isinstance(where, int) else page_request.session.agency_id
    form_data = {"agency_id": agency_id, "role": "agency_admin"}
    return await _form(page_request, FormData(form_data, NAMES))


@router.post("/tambah")
async def add_person(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form(*_FIELDS), NAMES)
    if form.get("langkah") != "kirim":
        return await _form(page_request, form)
    try:
        answer = await page_request.call("routing", "POST", "/management/staff", json=_body(form))
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, status=problem.status)
    return page_request.page(
        "panel/person_link.html", made=answer_as(PersonMade, answer), what="ditambahkan"
    )


@router.get("/{staff_id}")
async def person(page_request: PanelRequest, staff_id: Id) -> Response:
    """Return the page of another person; one's own account has a page of its own."""
    if (await page_request.read("routing", "/me", Me)).id == staff_id:
        return page_request.go("/panel/akun")
    known = await _person(page_request, staff_id)
    return await _form(page_request, _as_kept(known), known)


@router.post("/{staff_id}")
async def change_person(page_request: PanelRequest, staff_id: Id) -> Response:
    form = FormData(await page_request.form(*_FIELDS), NAMES)
    path = f"/management/staff/{staff_id}"
    known = await _person(page_request, staff_id)
    if form.get("langkah") != "kirim":
        return await _form(page_request, form, known)
    body = {name: value for name, value in _body(form).items() if value != getattr(known, name)}
    try:
        await page_request.call("routing", "PATCH", path, json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, known, problem.status)
    return page_request.go("/panel/pengguna", "Data pengguna diubah.")


@router.post("/{staff_id}/hapus")
async def remove_person(page_request: PanelRequest, staff_id: Id) -> Response:
    await page_request.form()
    path = f"/management/staff/{staff_id}"
    try:
        await page_request.call("routing", "DELETE", path)
    except Problem as problem:
        return await _refused(page_request, staff_id, problem)
    return page_request.go("/panel/pengguna", "Pengguna dihapus. Semua sesinya berakhir.")


@router.post("/{staff_id}/tautan")
async def new_link(page_request: PanelRequest, staff_id: Id) -> Response:
    await page_request.form()
    try:
        answer = await page_request.call(
            "routing", "POST", f"/management/staff/{staff_id}/password-link"
        )
    except Problem as problem:
        return await _refused(page_request, staff_id, problem)
    if answer.status_code == 202:
        return _waits(page_request)
    return page_request.page(
        "panel/person_link.html",
        made=answer_as(PersonMade, answer),
        what=translated("mendapat tautan baru"),
    )


@router.post("/{staff_id}/pulihkan")
async def restore_person(page_request: PanelRequest, staff_id: Id) -> Response:
    form, path = (
        FormData(await page_request.form(*searched("agency_id")), NAMES),
        f"/management/staff/{staff_id}",
    )
    known = await _person(page_request, staff_id)
    if form.get("langkah") == "cari":
        return await _form(page_request, form, known)
    body = {name: value for name, value in _body(form).items() if name == "agency_id"}
    try:
        answer = await page_request.call("routing", "POST", f"{path}/restore", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _form(page_request, form, known, problem.status)
    if answer.status_code == 202:
        return _waits(page_request)
    return page_request.page(
        "panel/person_link.html", made=answer_as(PersonMade, answer), what="dipulihkan"
    )


@router.post("/{staff_id}/faktor-kedua")
async def reset_second_factor(page_request: PanelRequest, staff_id: Id) -> Response:
    await page_request.form()
    try:
        path = f"/management/staff/{staff_id}/second-factor"
        answer = await page_request.call("routing", "DELETE", path)
    except Problem as problem:
        return await _refused(page_request, staff_id, problem)
    if answer.status_code == 202:
        return _waits(page_request)
    return page_request.go(f"/panel/pengguna/{staff_id}", "Faktor kedua dihapus. Sesinya berakhir.")


def _waits(page_request: PageRequest) -> Response:
    return page_request.go(
        "/panel/persetujuan",
        "Perlu persetujuan orang kedua. Sesudah disetujui, ulangi langkah ini dalam 24 jam.",
    )


async def _refused(page_request: PageRequest, staff_id: int, problem: Problem) -> Response:
    """Return the person's page with the refusal. Raises the problem itself for a caller who may not
    see that page."""
    if problem.status != 409:
        raise problem
    known = await _person(page_request, staff_id)
    form = _as_kept(known)
    form.refuse(problem)
    return await _form(page_request, form, known, problem.status)


def _roles(page_request: PageRequest) -> list[tuple[str, str]]:
    """Return the roles that this person may give: up to their own, starting with the least
    powerful."""
    known, ranks = labels("role"), list(Role)
    own = ranks.index(page_request.session.role or Role.OVERSEER)
    return [(role, known[role]) for role in ranks[: own + 1]]


async def _person(page_request: PageRequest, staff_id: int) -> ManagedPerson:
    return await page_request.read("routing", f"/management/staff/{staff_id}", ManagedPerson)


def _as_kept(person: ManagedPerson) -> FormData:
    return FormData({name: getattr(person, name) for name in NAMES}, NAMES)


def _body(form: FormData) -> dict[str, object]:
    named = form.filled("username", "name", "role") | form.filled_ids("agency_id")
    return named | {"email": form.get("email").strip()}


async def _form(
    page_request: PageRequest,
    form: FormData,
    known: ManagedPerson | None = None,
    status: int = 200,
) -> Response:
    if form.get("agency_id_cari").strip():
        options = await offered(page_request, form, "agency_id", below=True)
    else:
        options = keep_chosen(form, "agency_id", await _chosen(page_request, form))
    return page_request.page(
        "panel/person.html",
        status,
        form=form,
        person=known,
        agencies=options,
        roles=_roles(page_request),
    )


async def _chosen(page_request: PageRequest, form: FormData) -> list[AgencyOption]:
    chosen = form.id("agency_id")
    return await agency_of(page_request, chosen) if isinstance(chosen, int) else []
