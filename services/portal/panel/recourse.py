"""*Tempat mengadu lain*: other places where a reporter can complain, in pusat's words."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.portal import references
from services.portal.contracts.routing import KeptRecourse
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from shared.http.problems import Problem
from shared.labels import labels

router = APIRouter(prefix="/panel/acuan/lembaga", include_in_schema=False)

NAMES = {
    "name": "Nama",
    "how": "Cara menghubungi",
    "url": "Situs web",
    "code": "Kode",
    "concerns": "Disebut pada",
}
_NEW = "baru"
Office = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]


@router.get("")
async def offices(page_request: PanelRequest) -> Response:
    return await _page(page_request, FormData(names=NAMES))


@router.post("")
async def add(page_request: PanelRequest) -> Response:
    """Add an office. `concerns` is a field of reports and the value that it must have."""
    form = FormData(await page_request.form(*NAMES), NAMES, _NEW)
    body: dict[str, object] = form.filled("code", "name", "how", "url")
    field, _, value = form.get("concerns").partition(":")
    if value:
        body[field] = int(value) if field == "category_id" and value.isdecimal() else value
    try:
        await page_request.call("routing", "POST", "/management/recourse", json=body, key=form.key)
    except Problem as problem:
        form.refuse(problem, dict.fromkeys(_FIELDS, "concerns"))
        return await _page(page_request, form, problem.status, _NEW)
    return page_request.go("/panel/acuan/lembaga", "Lembaga ditambahkan.")


@router.post("/{office}")
async def change(page_request: PanelRequest, office: Office) -> Response:
    """Change an office's texts, or whether it is named to reporters."""
    form = FormData(await page_request.form("name", "how", "url", "active"), NAMES, office)
    body: dict[str, object] = form.filled("name", "how", "url")
    if form.get("active"):
        body["active"] = form.get("active") == "ya"
    try:
        await page_request.call("routing", "PATCH", f"/management/recourse/{office}", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status, office)
    return page_request.go("/panel/acuan/lembaga", "Perubahan disimpan.")


async def _page(
    page_request: PageRequest, sent: FormData, status: int = 200, changed: str = ""
) -> Response:
    """Return the page of all offices, each in a form; a refused one is shown as it was typed."""
    kept = await page_request.read("routing", "/management/recourse", list[KeptRecourse])
    forms = [
        (
            office,
            sent
            if office.code == changed
            else FormData(office.model_dump(include={"name", "how", "url"}), NAMES, office.code),
        )
        for office in kept
    ]
    return page_request.page(
        "panel/reference/recourse.html",
        status,
        where="lembaga",
        form=sent,
        forms=forms,
        new=sent if changed == _NEW else FormData(names=NAMES, id_prefix=_NEW),
        concerns=await _concerns(page_request),
    )


async def _concerns(page_request: PageRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of reports on which an office can be named, if not on all."""
    groups = [
        ("Diarsipkan sebagai", "archive_category", labels("archive_category").items()),
        ("Klasifikasi", "classification", labels("classification").items()),
    ]
    offered = [
        (title, [(f"{field}:{code}", words) for code, words in choices])
        for title, field, choices in groups
    ]
    categories = [
        (
            f"Kategori: {group}",
            [(f"category_id:{category.code}", category.name) for category in inside],
        )
        for group, inside in await references.categories(page_request)
    ]
    return offered + categories


_FIELDS = ("archive_category", "classification", "category_id")
