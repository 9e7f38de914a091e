"""A post on X becomes a report: read or pasted, completed, created once."""

from fastapi import APIRouter, Response

from services.portal.form_data import Filled
from services.portal.page_request import PanelVisit, Visit
from services.portal.panel.manual import NAMES, OURS, choices, content_of, created
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/buat", include_in_schema=False)

_NAMES = NAMES | {"url": "Tautan unggahan", "author": "Akun penulis"}


@router.get("/x")
async def post_form(visit: PanelVisit, url: str = "") -> Response:
    form = Filled({"url": url, "classification": "complaint"}, _NAMES)
    if not url:
        return await _page(visit, form)
    try:
        post = await visit.read("intake", "/channels/x/posts", params={"url": url})
    except Problem as problem:
        form.refuse(problem)
        return await _page(visit, form, problem.status)
    if post["number"]:
        return visit.go(
            f"/panel/laporan/{post['number']}", "Unggahan ini sudah menjadi laporan ini."
        )
    read = {
        "url": post["url"],
        "author": post["author"],
        "title": post["suggested_title"],
        "body": post["text"],
        "happened_at": post["created_at"][:10],
        "classification": "complaint",
    }
    return await _page(visit, Filled(read, _NAMES))


@router.post("/x")
async def submit_post(visit: PanelVisit) -> Response:
    form = Filled(await visit.form(), _NAMES)
    if form.get("langkah") != "kirim":
        return await _page(visit, form)
    report = content_of(form) | form.given("url", "author")
    try:
        answer = await visit.call("intake", "POST", "/channels/x/reports", json=report)
    except Problem as problem:
        form.refuse(problem, OURS)
        return await _page(visit, form, problem.status)
    return created(visit, answer.json())


async def _page(visit: Visit, form: Filled, status: int = 200) -> Response:
    return visit.page("panel/x_post.html", status, form=form, **await choices(visit, form))
