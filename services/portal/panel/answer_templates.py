"""*Templat Jawaban*: texts to begin answers with, which an agency keeps for itself and its
units."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.answers import Items
from services.portal.contracts.routing import (
    CategoryChoice,
    KeptTemplate,
    KeptTemplates,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.choices import read_agency
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/templat", include_in_schema=False)

NAMES = {"name": "Nama templat", "text": "Teks", "category_id": "Kategori"}
_KEPT = "/management/answer-templates"


@router.get("")
async def templates(page_request: PanelRequest) -> Response:
    return await _list(page_request, FormData(names=NAMES))


@router.post("")
async def add(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form(*NAMES, "instansi"), NAMES)
    if form.get("langkah") != "kirim":
        return await _list(page_request, form)
    agency_id = form.id("instansi")
    params = {"agency_id": agency_id}
    try:
        await page_request.call("routing", "POST", _KEPT, json=_body(form), params=params)
    except Problem as problem:
        form.refuse(problem)
        return await _list(page_request, form, problem.status)
    return page_request.go(_address(page_request, agency_id), "Templat disimpan.")


@router.get("/{template_id}")
async def template(page_request: PanelRequest, template_id: UUID) -> Response:
    kept = await page_request.read("routing", f"{_KEPT}/{template_id}", KeptTemplate)
    return await _one(page_request, kept, FormData(kept.model_dump(), NAMES))


@router.post("/{template_id}")
async def change(page_request: PanelRequest, template_id: UUID) -> Response:
    form, path = FormData(await page_request.form(*NAMES), NAMES), f"{_KEPT}/{template_id}"
    kept = await page_request.read("routing", path, KeptTemplate)
    if form.get("langkah") != "kirim":
        return await _one(page_request, kept, form)
    try:
        await page_request.call("routing", "PUT", path, json=_body(form))
    except Problem as problem:
        form.refuse(problem)
        return await _one(page_request, kept, form, problem.status)
    return page_request.go(_address(page_request, kept.agency_id), "Templat disimpan.")


@router.post("/{template_id}/hapus")
async def remove(page_request: PanelRequest, template_id: UUID) -> Response:
    await page_request.form()
    kept = await page_request.read("routing", f"{_KEPT}/{template_id}", KeptTemplate)
    await page_request.call("routing", "DELETE", f"{_KEPT}/{template_id}")
    return page_request.go(_address(page_request, kept.agency_id), "Templat dihapus.")


def _body(form: FormData) -> dict[str, object]:
    return form.filled("name", "text") | form.filled_ids("category_id")


def _address(page_request: PageRequest, agency_id: int | str | None) -> str:
    own = agency_id in (None, page_request.session.agency_id)
    return "/panel/templat" if own else f"/panel/templat?instansi={agency_id}"


async def _list(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    """Return the page with a form and the templates of one's own agency, or of the chosen one
    below."""
    if not form.get("instansi"):
        form.set("instansi", page_request.request.query_params.get("instansi", ""))
    agency_id = form.id("instansi")
    params = {"agency_id": agency_id}
    kept = await page_request.filtered("routing", _KEPT, KeptTemplates, params)
    below = await read_agency(page_request, agency_id) if isinstance(agency_id, int) else None
    return page_request.page(
        "panel/answer_templates/list.html",
        status,
        form=form,
        kept=kept.items,
        agency=below,
        categories=await _categories(page_request),
    )


async def _one(
    page_request: PageRequest, kept: KeptTemplate, form: FormData, status: int = 200
) -> Response:
    return page_request.page(
        "panel/answer_templates/one.html",
        status,
        form=form,
        kept=kept,
        back=_address(page_request, kept.agency_id),
        categories=await _categories(page_request),
    )


async def _categories(page_request: PageRequest) -> list[tuple[int, str]]:
    choices = await page_request.read("routing", "/categories", Items[CategoryChoice])
    return [(choice.id, choice.name) for choice in choices.items]
