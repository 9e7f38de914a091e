"""Making a report from a post on X: the post is read or pasted, completed, and created once."""

import asyncio

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.intake import PostPreview, SubmissionAnswer, XState
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.panel.manual import FIELDS, NAMES, OURS, choices, content_of, created
from shared.http.problems import Problem

router = APIRouter(prefix="/panel/buat", include_in_schema=False)

_NAMES = NAMES | {
    "url": "Tautan unggahan",
    "thread": "Unggahan lain dalam utas",
    "author": "Akun penulis",
}


@router.get("/x")
async def post_form(page_request: PanelRequest, url: str = "") -> Response:
    form = FormData({"url": url, "classification": "complaint"}, _NAMES)
    if not url:
        return await _page(page_request, form)
    try:
        post = await page_request.read(
            "intake", "/channels/x/posts", PostPreview, params={"url": url}
        )
    except Problem as problem:
        form.refuse(problem)
        return await _page(page_request, form, problem.status)
    if post.number:
        return page_request.go(
            f"/panel/laporan/{post.number}", "Unggahan ini sudah menjadi laporan ini."
        )
    read = {
        "url": post.url,
        "thread": "\n".join(post.thread),
        "author": post.author,
        "title": post.suggested_title,
        "body": post.text,
        "happened_at": post.created_at.date(),
        "classification": "complaint",
    }
    return await _page(page_request, FormData(read, _NAMES))


@router.post("/x")
async def submit_post(page_request: PanelRequest) -> Response:
    form = FormData(await page_request.form(*FIELDS, "url", "thread", "author"), _NAMES)
    if form.get("langkah") != "kirim":
        return await _page(page_request, form)
    if references.left_unchosen(form, FIELDS):
        return await _page(page_request, form, 422)
    report = (
        content_of(form) | form.filled("url", "author") | {"thread": form.get("thread").split()}
    )
    try:
        answer = await page_request.call("intake", "POST", "/channels/x/reports", json=report)
    except Problem as problem:
        form.refuse(problem, OURS)
        return await _page(page_request, form, problem.status)
    return created(page_request, answer_as(SubmissionAnswer, answer))


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    state, lists = await asyncio.gather(
        page_request.read("intake", "/channels/x", XState), choices(page_request, form)
    )
    return page_request.page(
        "panel/x_post.html", status, form=form, connected=state.connected, **lists
    )
