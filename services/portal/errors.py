"""Refusals as pages: what happened, in plain words, and what to do next."""

from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from services.portal.form_data import FormData
from services.portal.page_request import PageRequest
from services.portal.refusals import words_of
from services.portal.resuming import carried_over
from services.portal.sealed_forms import CARRIED
from shared.http.problems import Problem, unauthorized


def install(app: FastAPI) -> None:
    """Show every problem of the application as a page."""

    @app.exception_handler(Problem)
    async def page(request: Request, problem: Problem) -> Response:
        panel = request.url.path == "/panel" or request.url.path.startswith("/panel/")
        page_request = getattr(request.state, "page_request", None) or PageRequest(
            request, "panel" if panel else "public"
        )
        ended = problem.status == 401 if panel else problem.code == "form_expired"
        if ended and not (problem.status != 401 and page_request.signed_in):
            kept = await carried_over(page_request)
            if kept and kept.person:
                page_request.session.sign_out()
                page_request.session.notice = (
                    "Sesi Anda berakhir. Masuk lagi: yang Anda tulis masih ada."
                )
                template = "panel/sign_in.html" if panel else "public/sign_in.html"
                return page_request.page(template, 401, form=FormData({CARRIED: kept.sealed}))
        if panel and problem.status == 401:
            if problem.code != "unauthorized":
                page_request.session.sign_out()
                page_request.session.notice = unauthorized("token_invalid").body("id")["detail"]
            return page_request.go(_sign_in(request), page_request.session.notice)
        title, detail = words_of(problem, request)
        return page_request.page(
            "trouble.html", problem.status, title=title, detail=detail, panel=panel, problem=problem
        )


def _sign_in(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/panel":
        return "/panel/masuk"
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/panel/masuk?lanjut={quote(back, safe='')}"
