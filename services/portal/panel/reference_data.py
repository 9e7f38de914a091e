"""Reference data kept by pusat: categories in two levels, their tags, priority programmes, and
reasons to archive."""

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from services.portal.contracts.routing import KeptReason, ReferenceData
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from shared.http.paths import Id
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/acuan", include_in_schema=False)

Made = Literal["categories", "tags", "programmes"]
Kind = Literal["categories", "tags", "programmes", "archive-reasons"]

NAMES = {"name": "Nama", "code": "Kode", "parent_id": "Kelompok", "aliases": "Kata lain"}
Code = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$")]
"""An id, or the code of a reason to archive."""
_PLACES = {"programmes": "/panel/acuan/program", "archive-reasons": "/panel/acuan/arsip"}
_MADE = {"categories": "Kategori dibuat.", "tags": "Tag dibuat.", "programmes": "Program dibuat."}


@router.get("")
async def categories(page_request: PanelRequest) -> Response:
    return await _categories(page_request, FormData(names=NAMES))


@router.get("/program")
async def programmes(page_request: PanelRequest) -> Response:
    return await _programmes(page_request, FormData(names=NAMES))


@router.get("/arsip")
async def archive_categories(page_request: PanelRequest) -> Response:
    return await _reasons(page_request, FormData(names=NAMES))


@router.get("/kategori/{category_id}")
async def category(page_request: PanelRequest, category_id: Id) -> Response:
    return await _category(page_request, category_id, FormData(names=NAMES))


@router.post("/kategori/{category_id}/kata-lain")
async def set_aliases(page_request: PanelRequest, category_id: Id) -> Response:
    """Set the everyday words by which the category is found."""
    form = FormData(await page_request.form("aliases"), NAMES)
    aliases = [words.strip() for words in form.get("aliases").split(";") if words.strip()]
    path = f"/management/categories/{category_id}/aliases"
    if form.get("langkah") == "kirim":
        try:
            await page_request.call("routing", "PUT", path, json={"aliases": aliases})
        except Problem as problem:
            form.refuse(problem)
        else:
            return page_request.go(f"/panel/acuan/kategori/{category_id}", "Kata lain disimpan.")
    typed, status = form.get("aliases"), 422 if form.wrong else 200
    return await _category(page_request, category_id, form, status, typed)


_OF_NEW: dict[Made, tuple[str, ...]] = {
    "categories": ("name", "code", "parent_id"),
    "tags": ("name", "category_id"),
    "programmes": ("name",),
}


@router.post("/buat/{kind}")
async def create(page_request: PanelRequest, kind: Made) -> Response:
    """Create a group, a category of a group, a tag of a category, or a programme."""
    form = FormData(await page_request.form(*_OF_NEW[kind]), NAMES)
    body: dict[str, object] = form.filled("name", "code" if kind == "categories" else "name")
    if kind == "tags":
        body |= form.filled_ids("category_id")
    elif kind == "categories":
        body |= form.filled_ids("parent_id")
    try:
        await page_request.call("routing", "POST", f"/management/{kind}", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _again(page_request, kind, form, problem.status)
    return page_request.go(_place(kind, form), _MADE[kind])


@router.post("/ubah/{kind}/{one}")
async def change(page_request: PanelRequest, kind: Kind, one: Code) -> Response:
    """Change the name, or whether it is in use."""
    form = FormData(await page_request.form("name", "active", "category_id", "one"), NAMES)
    body: dict[str, object] = form.filled("name")
    if form.get("active"):
        body["active"] = form.get("active") == "ya"
    try:
        await page_request.call("routing", "PATCH", f"/management/{kind}/{one}", json=body)
    except Problem as problem:
        form.refuse(problem)
        return await _again(page_request, kind, form, problem.status)
    return page_request.go(_place(kind, form), "Perubahan disimpan.")


def _place(kind: Kind, form: FormData) -> str:
    if kind in _PLACES:
        return _PLACES[kind]
    back = form.get("category_id")
    return f"/panel/acuan/kategori/{back}" if back.isdecimal() else "/panel/acuan"


async def _again(page_request: PageRequest, kind: Kind, form: FormData, status: int) -> Response:
    """Return the page of the form, with its errors."""
    if kind == "programmes":
        return await _programmes(page_request, form, status)
    if kind == "archive-reasons":
        return await _reasons(page_request, form, status)
    back = form.id("category_id")
    if isinstance(back, int):
        return await _category(page_request, back, form, status)
    return await _categories(page_request, form, status)


async def _all(page_request: PageRequest) -> ReferenceData:
    return await page_request.read("routing", "/management/reference-data", ReferenceData)


async def _categories(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    kept = await _all(page_request)
    tags = Counter(tag.category_id for tag in kept.tags if tag.active)
    return page_request.page(
        "panel/reference/categories.html",
        status,
        where="kategori",
        form=form,
        groups=[category for category in kept.categories if category.parent_id is None],
        categories=kept.categories,
        tags=tags,
    )


async def _category(
    page_request: PageRequest,
    category_id: int,
    form: FormData,
    status: int = 200,
    typed: str | None = None,
) -> Response:
    """Return the page of a category with its other words, or with those that were `typed` but not
    saved."""
    kept = await _all(page_request)
    categories = {category.id: category for category in kept.categories}
    known = categories.get(category_id)
    if known is None:
        return page_request.go("/panel/acuan", "Kategori itu tidak ada.")
    aliases = "; ".join(known.aliases) if typed is None else typed
    words = FormData({"aliases": aliases}, NAMES)
    words.wrong = {name: reason for name, reason in form.wrong.items() if name == "aliases"}
    return page_request.page(
        "panel/reference/category.html",
        status,
        where="",
        form=form,
        category=known,
        words=words,
        group=categories.get(known.parent_id or 0),
        tags=[tag for tag in kept.tags if tag.category_id == category_id],
    )


async def _programmes(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    programmes = (await _all(page_request)).programmes
    return page_request.page(
        "panel/reference/programmes.html", status, where="program", form=form, programmes=programmes
    )


async def _reasons(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    path = "/management/archive-reasons"
    reasons = await page_request.read("routing", path, list[KeptReason])
    return page_request.page(
        "panel/reference/archive.html", status, where="arsip", form=form, reasons=reasons
    )
