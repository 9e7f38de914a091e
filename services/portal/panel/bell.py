"""*Lonceng*: what concerns the person signed in, and the live number of unread items."""

from fastapi import APIRouter, Response

from services.portal.answers import answer_as
from services.portal.contracts.notification import BellEntry, BellPage
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.service_calls import Service
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/lonceng", include_in_schema=False)


@router.get("")
async def bell(page_request: PanelRequest) -> Response:
    params = {"cursor": page_request.request.query_params.get("lanjut")}
    bell = await page_request.filtered("notification", "/me/bell", BellPage, params)
    newest = max((item.id for item in bell.items), default=0)
    return page_request.page("panel/bell.html", bell=bell, newest=newest)


@router.post("/terbaca")
async def mark_all_read(page_request: PanelRequest) -> Response:
    form = await page_request.form("id")
    newest = {"id": _id(form.get("id"))}
    await page_request.call("notification", "POST", "/me/bell/read", json=newest)
    return page_request.go("/panel/lonceng", "Semua ditandai sudah dibaca.")


@router.post("/buka")
async def open_item(page_request: PanelRequest) -> Response:
    """Mark an item as read and redirect to its report."""
    item_id = _id((await page_request.form("id")).get("id"))
    answer = await page_request.call("notification", "POST", f"/me/bell/{item_id}/read")
    return page_request.go(f"/panel/laporan/{answer_as(BellEntry, answer).number}")


@router.get("/langsung")
async def live(page_request: PanelRequest) -> Response:
    return await passed_on(page_request, "notification", "/me/bell/live")


async def passed_on(page_request: PageRequest, service: Service, path: str) -> Response:
    """Pass on a service's stream. If the service is unavailable or has too many streams, the
    browser tries again later; a person who is no longer signed in gets 204, which ends the
    stream."""
    try:
        return await page_request.listen(service, path)
    except Problem as problem:
        if problem.status in (401, 403):
            return Response(status_code=204)
        return Response(_LATER, media_type="text/event-stream")


_LATER = "retry: 30000\n\n"


def _id(sent: object) -> int:
    return int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() else 0
