"""*Kop Surat*: the head of the letters of one's own agency."""

from fastapi import APIRouter, Response

from services.portal.contracts.routing import ShownLetterhead
from services.portal.form_data import FormData, files_of
from services.portal.page_request import PageRequest, PanelRequest
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/kop-surat", include_in_schema=False)

NAMES = {"name": "Nama pada kop", "address": "Alamat", "logo": "Logo"}
FORM_LIMIT = 2 * 1024 * 1024
"""The most bytes of the form; the logo itself may have one million."""


@router.get("")
async def letterhead(page_request: PanelRequest) -> Response:
    kept = await page_request.read("routing", "/letterhead", ShownLetterhead)
    form = FormData({"name": kept.name, "address": kept.address}, NAMES)
    return _page(page_request, form, kept)


@router.post("", max_body_size=FORM_LIMIT)
async def keep(page_request: PanelRequest) -> Response:
    sent = await page_request.form("name", "address", "without_logo", "logo")
    form = FormData(sent, NAMES)
    data = {name: form.get(name) for name in ("name", "address")}
    data["without_logo"] = "true" if form.get("without_logo") else "false"
    files = files_of(sent, "logo", "logo")
    try:
        async with page_request.carrying():
            await page_request.call("routing", "PUT", "/letterhead", data=data, files=files)
    except Problem as problem:
        form.refuse(problem)
        kept = await page_request.read("routing", "/letterhead", ShownLetterhead)
        return _page(page_request, form, kept, problem.status)
    return page_request.go("/panel/kop-surat", "Kop surat disimpan.")


def _page(
    page_request: PageRequest, form: FormData, kept: ShownLetterhead, status: int = 200
) -> Response:
    return page_request.page("panel/letterhead.html", status, form=form, kept=kept)
