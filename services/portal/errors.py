"""Refusals as pages: what happened, in plain words, and what to do next."""

from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from services.portal.form_data import Filled
from services.portal.page_request import Visit
from services.portal.refusals import words_of
from services.portal.resuming import carried_over
from services.portal.sealed_forms import CARRIED
from shared.http.problems import Problem, unauthorized


def install(app: FastAPI) -> None:
    """Show every problem of the application as a page."""

    @app.exception_handler(Problem)
    async def page(request: Request, problem: Problem) -> Response:
        panel = request.url.path == "/panel" or request.url.path.startswith("/panel/")
        visit = getattr(request.state, "visit", None) or Visit(
            request, "panel" if panel else "public"
        )
        ended = problem.status == 401 if panel else problem.code == "form_expired"
        if ended and not (problem.status != 401 and visit.signed_in):
            kept = await carried_over(visit)
            if kept and kept.person:
                visit.session.sign_out()
                visit.session.notice = "Sesi Anda berakhir. Masuk lagi: yang Anda tulis masih ada."
                template = "panel/sign_in.html" if panel else "public/sign_in.html"
                return visit.page(template, 401, form=Filled({CARRIED: kept.sealed}))
        if panel and problem.status == 401:
            if problem.code != "unauthorized":
                visit.session.sign_out()
                visit.session.notice = unauthorized("token_invalid").body("id")["detail"]
            return visit.go(_sign_in(request), visit.session.notice)
        title, detail = words_of(problem, request)
        return visit.page(
            "trouble.html", problem.status, title=title, detail=detail, panel=panel, problem=problem
        )


def _sign_in(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/panel":
        return "/panel/masuk"
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/panel/masuk?lanjut={quote(back, safe='')}"
