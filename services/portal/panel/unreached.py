"""*Harus dihubungi dengan cara lain*: news that reporters should get but no message could
deliver."""

from fastapi import APIRouter, Response

from services.portal.contracts.routing import UnreachedReporter
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.translation import translated
from shared.http.paging import Page
from shared.http.paths import ReportNumber
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/cara-lain", include_in_schema=False)


@router.get("")
async def unreached(page_request: PanelRequest) -> Response:
    return await _page(page_request, FormData())


@router.post("/{number}")
async def mark_told(page_request: PanelRequest, number: ReportNumber) -> Response:
    """Record that the reporter knows; who said so, and when, is shown with the message."""
    form = FormData(await page_request.form("message_id"))
    path = f"/reports/{number}/told-otherwise"
    try:
        await page_request.call("routing", "POST", path, json=form.filled("message_id"))
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status)
    return page_request.go(
        "/panel/cara-lain",
        translated("Dicatat: pelapor #{number} sudah diberi tahu.").format(number=number),
    )


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    params = {"cursor": page_request.request.query_params.get("lanjut")}
    page = await page_request.filtered("routing", "/unreached", Page[UnreachedReporter], params)
    return page_request.page("panel/unreached.html", status, page=page, form=form)
